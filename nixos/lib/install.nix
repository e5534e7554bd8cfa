# What the [Install] sections of a folder of units say, which NixOS passes over: a list of definitions of `systemd`.
# Builtins only.
folder:
let
  kinds = {
    service = "services";
    socket = "sockets";
    timer = "timers";
    path = "paths";
  };
  lines = text: builtins.filter builtins.isString (builtins.split "\n" text);
  words =
    text: builtins.filter (word: builtins.isString word && word != "") (builtins.split " +" text);

  # The lines of [Install].
  installOf =
    name:
    (builtins.foldl'
      (
        state: line:
        if builtins.substring 0 1 line == "[" then
          state // { inside = line == "[Install]"; }
        else if state.inside && builtins.match "[#;].*|[[:space:]]*" line == null then
          state // { found = state.found ++ [ line ]; }
        else
          state
      )
      {
        inside = false;
        found = [ ];
      }
      (lines (builtins.readFile (folder + "/${name}")))
    ).found;

  define =
    name: line:
    let
      key = builtins.match "(WantedBy|RequiredBy)=(.*)" line;
      unit = builtins.match "(.*)\\.([a-z]+)" name;
      stem = builtins.head unit;
      kind = builtins.elemAt unit 1;
      wanted = builtins.head key == "WantedBy";
      by = words (builtins.elemAt key 1);
      # The other way round, for a kind for which NixOS has no option that leaves the unit to its package.
      wanting =
        target:
        let
          parts = builtins.match "(.*)\\.(service|target)" target;
        in
        {
          "${builtins.elemAt parts 1}s".${builtins.head parts}.${if wanted then "wants" else "requires"} = [
            name
          ];
        };
    in
    if key == null then
      throw "${name}: what NixOS makes of ${line} is not known here"
    else if kinds ? ${kind} then
      [ { ${kinds.${kind}}.${stem}.${if wanted then "wantedBy" else "requiredBy"} = by; } ]
    else
      map wanting by;
in
builtins.concatMap (name: builtins.concatMap (define name) (installOf name)) (
  builtins.filter (
    name: builtins.match ".*\\.(service|socket|timer|path|mount|automount)" name != null
  ) (builtins.attrNames (builtins.readDir folder))
)
