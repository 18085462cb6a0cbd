"""YAML to `Desired`: positions, schema, selectors, rules."""
