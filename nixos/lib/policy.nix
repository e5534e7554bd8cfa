# Settings as the text of a policy: JSON, which is YAML too, one key a line, so that the daemon's diagnostics point at
# one. Builtins only.
settings:
let
  isUnset = value: value == null;
  prune =
    set:
    let
      inner = builtins.mapAttrs (_: value: if isSection value then prune value else value) set;
    in
    removeAttrs inner (
      builtins.filter (key: isUnset inner.${key} || inner.${key} == { }) (builtins.attrNames inner)
    );
  isSection = value: builtins.isAttrs value && !(value ? outPath);

  render =
    indent: value:
    let
      deeper = indent + "  ";
      block =
        open: close: lines:
        "${open}\n"
        + builtins.concatStringsSep ",\n" (map (line: deeper + line) lines)
        + "\n${indent}${close}";
    in
    if isSection value && value != { } then
      block "{" "}" (
        map (key: "${builtins.toJSON key}: ${render deeper value.${key}}") (builtins.attrNames value)
      )
    else if builtins.isList value && builtins.any isSection value then
      block "[" "]" (map (render deeper) value)
    else
      builtins.toJSON value;
in
render "" (prune settings) + "\n"
