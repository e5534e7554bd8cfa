# A small stand-in for the part of nixpkgs' lib that our modules use, in builtins only.
# It checks shape (unknown options, types, priorities, assertions) where no nixpkgs can be had.
# It is NOT nixpkgs: what passes here must still pass under the real lib (see eval.nix).
let
  inherit (builtins)
    attrNames
    concatLists
    elem
    filter
    isAttrs
    isFunction
    isList
    isString
    listToAttrs
    map
    match
    typeOf
    ;
  nameValue = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (n: nameValue n (f n)) names);
  uniq = builtins.foldl' (acc: x: if elem x acc then acc else acc ++ [ x ]) [ ];
  showPath = builtins.concatStringsSep ".";

  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  is = t: v: isAttrs v && v._type or null == t;

  # properties move down the tree without looking at any condition (else: infinite recursion)
  push =
    v:
    if is "merge" v then
      concatLists (map push v.contents)
    else if is "if" v then
      map (builtins.mapAttrs (_: mkIf v.condition)) (push v.content)
    else if is "override" v then
      map (builtins.mapAttrs (_: mkOverride v.priority)) (push v.content)
    else
      [ v ];
  discharge =
    v:
    if is "merge" v then
      concatLists (map discharge v.contents)
    else if is "if" v then
      (if v.condition then discharge v.content else [ ])
    else if is "override" v then
      map (d: d // { inherit (v) priority; }) (discharge v.content)
    else
      [
        {
          priority = 100;
          value = v;
        }
      ];

  mk = name: check: merge: {
    _type = "option-type";
    inherit name check merge;
  };
  one =
    name: loc: vs:
    if builtins.length (uniq vs) == 1 then
      builtins.head vs
    else
      throw "option ${showPath loc} (${name}) has conflicting definitions";
  scalar = name: check: mk name check (one name);
  isPath =
    v:
    typeOf v == "path"
    || (isString v && builtins.substring 0 1 v == "/")
    || v.type or null == "derivation";
  isJson =
    v:
    if isAttrs v && !(v ? outPath) then
      builtins.all isJson (builtins.attrValues v)
    else if isList v then
      builtins.all isJson v
    else
      !(isFunction v);
  types = rec {
    bool = scalar "bool" builtins.isBool;
    str = scalar "str" isString;
    lines = mk "lines" isString (_: builtins.concatStringsSep "\n");
    int = scalar "int" builtins.isInt;
    ints.between =
      least: most:
      scalar "int from ${toString least} to ${toString most}" (
        v: builtins.isInt v && v >= least && v <= most
      );
    json = mk "JSON" isJson anything.merge;
    port = scalar "port" (v: builtins.isInt v && v > 0 && v < 65536);
    path = scalar "path" isPath;
    package = scalar "package" (v: v.type or null == "derivation");
    enum = vs: scalar "enum" (v: elem v vs);
    strMatching = re: scalar "strMatching" (v: isString v && match re v != null);
    nullOr =
      t:
      mk "nullOr ${t.name}" (v: v == null || t.check v) (
        loc: vs: if elem null vs then one "null" loc vs else value t loc vs
      );
    listOf = t: mk "listOf ${t.name}" isList (loc: vs: map (v: value t loc [ v ]) (concatLists vs));
    attrsOf =
      t:
      mk "attrsOf ${t.name}" isAttrs (
        loc: vs:
        let
          pushed = concatLists (map push vs);
        in
        genAttrs (uniq (concatLists (map attrNames pushed))) (
          n: value t (loc ++ [ n ]) (map (d: d.${n}) (filter (d: d ? ${n}) pushed))
        )
      );
    anything = mk "anything" (_: true) (
      loc: vs:
      if builtins.all (v: isAttrs v && !(v ? outPath)) vs then
        (attrsOf anything).merge loc vs
      else if builtins.all isList vs then
        concatLists vs
      else
        one "anything" loc vs
    );
    submodule =
      m:
      mk "submodule" isAttrs (
        loc: vs:
        let
          given =
            if isFunction m then
              m {
                inherit config;
                name = builtins.elemAt loc (builtins.length loc - 1);
              }
            else
              m;
          defs = vs ++ (if given ? config then [ given.config ] else [ ]);
          config = merge loc (given.options or { }) (concatLists (map push defs)) (
            given.freeformType or null
          );
        in
        config
      );
  };

  # definitions of one option -> its value
  value =
    t: loc: defs:
    let
      ds = concatLists (map discharge defs);
      best = builtins.foldl' (a: d: if d.priority < a then d.priority else a) 10000 ds;
      vs = map (d: d.value) (filter (d: d.priority == best) ds);
      bad = filter (v: !(t.check v)) vs;
    in
    if bad != [ ] then
      throw "option ${showPath loc} is not of type ${t.name}: ${builtins.toJSON (map typeOf bad)}"
    else
      t.merge loc vs;
  option =
    loc: o: defs:
    let
      all = defs ++ (if o ? default then [ (mkOverride 1500 o.default) ] else [ ]);
    in
    if concatLists (map discharge all) == [ ] then
      throw "option ${showPath loc} is used but not defined"
    else
      value (o.type or types.anything) loc all;

  merge =
    loc: opts: defs: freeform:
    let
      known = attrNames opts;
      given = uniq (concatLists (map attrNames defs));
      unknown = filter (n: !(elem n known)) given;
      at = n: map (d: d.${n}) (filter (d: d ? ${n}) defs);
    in
    genAttrs known (
      n:
      if is "option" opts.${n} then
        option (loc ++ [ n ]) opts.${n} (at n)
      else
        merge (loc ++ [ n ]) opts.${n} (concatLists (map push (at n))) freeform
    )
    // (
      if unknown == [ ] then
        { }
      else if freeform != null then
        genAttrs unknown (n: value types.anything (loc ++ [ n ]) (at n))
      else
        throw "option ${showPath (loc ++ [ (builtins.head unknown) ])} does not exist"
    );

  unmatched =
    loc: opts: defs:
    concatLists (
      map (
        n:
        let
          here = loc ++ [ n ];
        in
        if !(opts ? ${n}) then
          [ (showPath here) ]
        else if is "option" opts.${n} then
          [ ]
        else
          unmatched here opts.${n} (concatLists (map push (map (d: d.${n}) (filter (d: d ? ${n}) defs))))
      ) (uniq (concatLists (map attrNames defs)))
    );

  mergeOptions =
    a: b:
    a // builtins.mapAttrs (n: v: if a ? ${n} && !(is "option" v) then mergeOptions a.${n} v else v) b;

  evalModules =
    {
      modules,
      specialArgs ? { },
    }:
    let
      load =
        m:
        let
          f = if typeOf m == "path" || isString m then import m else m;
          r = if isFunction f then f ({ inherit lib config options extendModules; } // specialArgs) else f;
          full = r ? options || r ? config;
        in
        concatLists (map load (r.imports or [ ]))
        ++ [
          {
            file = if typeOf m == "path" then toString m else null;
            options = r.options or { };
            config = r.config or (if full then { } else removeAttrs r [ "imports" ]);
          }
        ];
      # a file that several modules import is one module
      loaded = builtins.foldl' (
        seen: m: if m.file != null && builtins.any (s: s.file == m.file) seen then seen else seen ++ [ m ]
      ) [ ] (concatLists (map load modules));
      options = builtins.foldl' mergeOptions { } (map (m: m.options) loaded);
      defs = concatLists (map (m: push m.config) loaded);
      stray = unmatched [ ] options defs;
      config = merge [ ] options defs null;
      extendModules =
        further:
        evalModules {
          modules = modules ++ further.modules;
          inherit specialArgs;
        };
    in
    # as in nixpkgs: a definition without an option fails the whole evaluation, used or not
    if stray != [ ] then
      throw "options that do not exist: ${builtins.concatStringsSep ", " stray}"
    else
      { inherit config extendModules options; };

  lib = {
    inherit
      evalModules
      genAttrs
      mkIf
      mkMerge
      mkOverride
      types
      ;
    inherit (builtins)
      filter
      mapAttrs
      elem
      any
      all
      concatStringsSep
      ;
    mkOption = o: o // { _type = "option"; };
    mkEnableOption = d: {
      _type = "option";
      type = types.bool;
      default = false;
      description = d;
    };
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
    hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text: builtins.match ".*${builtins.replaceStrings [ "." ] [ "\\." ] suffix}" text != null;
    hasInfix = infix: text: builtins.replaceStrings [ infix ] [ "" ] text != text;
    removeSuffix =
      suffix: text: builtins.substring 0 (builtins.stringLength text - builtins.stringLength suffix) text;
    concatMapStrings = f: xs: builtins.concatStringsSep "" (map f xs);
    escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
    nameValuePair = nameValue;
    mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
    mapAttrsToList = f: s: map (n: f n s.${n}) (attrNames s);
    optionals = c: xs: if c then xs else [ ];
    optionalAttrs = c: s: if c then s else { };
  };
in
lib
