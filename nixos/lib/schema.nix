# The policy's JSON Schema, made from the daemon's own types: the one home of every default.
builtins.fromJSON (builtins.readFile ../../config-schema/policy.schema.json)
