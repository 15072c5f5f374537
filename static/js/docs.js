/** The API's own description, made readable: Swagger UI from our own server, light in every theme. */
document.documentElement.dataset.theme = "light";
window.SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", deepLinking: true, defaultModelsExpandDepth: 0, validatorUrl: null});
