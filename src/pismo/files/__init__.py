"""Reading what people commit: front matter, TOML, typed fields, each with its line."""
