"""The Transformer, in torch alone: what runs, what it recorded, and what each recorded number means. Knows no web."""
