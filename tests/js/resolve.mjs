/** Hooks for node's loader: what a browser does with the import map, and every script of the page is a module. */
import {readFileSync} from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const {imports} = JSON.parse(readFileSync(new URL("static/vendor/importmap.json", ROOT), "utf8"));

export const resolve = (specifier, context, next) =>
  next(specifier in imports ? new URL(imports[specifier].slice(1), ROOT).href : specifier, context);

export const load = (url, context, next) =>
  next(url, url.startsWith(new URL("static/", ROOT).href) ? {...context, format: "module"} : context);
