# A folder of systemd-repart's definitions, as what image.repart and systemd.repart take: by name, the keys of
# [Partition]. `specifiers` are replaced ("%A" is the image's version), because the building machine's are not the
# image's. Builtins only.
{ folder, specifiers }:
let
  names = builtins.filter (name: builtins.match ".*\\.conf" name != null) (
    builtins.attrNames (builtins.readDir folder)
  );
  lines = text: builtins.filter builtins.isString (builtins.split "\n" text);
  isMeant = line: builtins.match "[[:space:]]*([#;].*)?" line == null;

  replaced = builtins.replaceStrings (builtins.attrNames specifiers) (builtins.attrValues specifiers);
  keyOf =
    name: line:
    let
      parts = builtins.match "([A-Za-z]+)=(.*)" line;
      value = replaced (builtins.elemAt parts 1);
    in
    if parts == null then
      throw "${toString folder}/${name}: not a key of [Partition]: ${line}"
    else if builtins.match ".*%[^%].*" value != null then
      throw "${toString folder}/${name}: a specifier that nobody replaces: ${line}"
    else
      {
        name = builtins.head parts;
        inherit value;
      };

  read =
    name:
    let
      meant = builtins.filter isMeant (lines (builtins.readFile (folder + "/${name}")));
      keys = map (keyOf name) (builtins.tail meant);
      set = builtins.listToAttrs keys;
    in
    if meant == [ ] || builtins.head meant != "[Partition]" then
      throw "${toString folder}/${name}: [Partition] is missing"
    else if builtins.length (builtins.attrNames set) != builtins.length keys then
      throw "${toString folder}/${name}: a key is given twice, which a set cannot hold"
    else
      set;
in
builtins.listToAttrs (
  map (name: {
    name = builtins.head (builtins.match "(.*)\\.conf" name);
    value = read name;
  }) names
)
