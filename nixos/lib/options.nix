# The keys of the policy as options, made from its JSON Schema. None has a value of its own: what is left out stays out
# of the file, and the daemon's default holds. What a type cannot say is said by `config check` at build.
{ lib, format }:
let
  inherit (lib) mkOption types;

  scalars = {
    boolean = _: types.bool;
    integer = s: types.ints.between s.minimum s.maximum;
    string = _: types.str;
    array = s: types.listOf (typeOf (s.items or { }));
  };

  words = s: s.enum or (map (choice: choice.const or null) (s.oneOf or [ null ]));

  typeOf =
    s:
    if builtins.all builtins.isString (words s) then
      types.enum (words s)
    else
      (scalars.${toString (s.type or "")} or (_: format.type)) s;

  describe =
    s:
    s.description
    + (if s ? x-allowed then " Allowed: ${s.x-allowed}." else "")
    + " Left out, it is `${builtins.toJSON (s.default or null)}`.";

  option =
    s:
    mkOption {
      type = types.nullOr (typeOf s);
      default = null;
      description = describe s;
    };

  isSection = s: s.type or null == "object" && s ? properties;

  section =
    s:
    builtins.mapAttrs (_: inner: if isSection inner then section inner else option inner) s.properties;
in
section
