# Just enough of nixpkgs for the modules: derivations are real, so that the check of a policy can be built (by /bin/sh);
# packages are names, and one that is not here is a fault. `programs` is the path of the folder with the built host, as
# text.
{
  lib,
  programs ? null,
  system ? "x86_64-linux",
}:
let
  build =
    name: script:
    derivation {
      inherit name system;
      builder = "/bin/sh";
      args = [
        "-euc"
        script
      ];
      PATH = "/usr/bin:/bin";
    };
  named = name: build name "mkdir -p $out";
  # What a package definition says, as a package: a word that nixpkgs would not know is a fault.
  package =
    known: args:
    let
      unknown = builtins.filter (word: !(builtins.elem word known)) (builtins.attrNames args);
    in
    if unknown != [ ] then
      throw "a package definition sets ${builtins.concatStringsSep ", " unknown}"
    else
      named args.pname // { definition = args; };
  words = [
    "pname"
    "version"
    "src"
    "nativeBuildInputs"
    "buildInputs"
    "preBuild"
    "postBuild"
    "postInstall"
    "postFixup"
    "installPhase"
    "doCheck"
    "meta"
  ];
  # What Cargo makes of them.
  built = {
    punktfunk-host = "punktfunk-host punktfunk-screen";
    punktfunk-update = "punktfunk-update";
  };
  mini = import ./minilib.nix;
  writeText = name: text: builtins.toFile name (builtins.unsafeDiscardStringContext text);
in
{
  lib =
    mini
    // lib
    // {
      licenses = {
        mit = "MIT";
        asl20 = "Apache-2.0";
      };
      platforms.linux = [ system ];
      fetchers.proxyImpureEnvVars = [ "https_proxy" ];
      makeBinPath =
        packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
      makeLibraryPath =
        packages: builtins.concatStringsSep ":" (map (package: "${package}/lib") packages);
      fileset = {
        # As text: a path would be copied into the store, with all that is built in it.
        toSource =
          { root, fileset }:
          if builtins.all builtins.pathExists fileset then
            toString root
          else
            throw "a source that is not there, below ${toString root}";
        unions =
          parts: builtins.concatLists (map (part: if builtins.isList part then part else [ part ]) parts);
        difference = whole: _: [ whole ];
        maybeMissing = path: [ path ];
      };
    };
  inherit writeText;
  # A script is its text, so that it can be read.
  writeShellScript = _name: text: text;
  runCommand =
    name: attrs: script:
    build name script // { inherit attrs; };
  formats.json = _: { type = lib.types.json or lib.types.anything; };
  stdenv = {
    hostPlatform = {
      inherit system;
      efiArch = "x64";
    };
    buildPlatform.canExecute = _: true;
  };
  rustPlatform = {
    bindgenHook = named "bindgen-hook";
    buildRustPackage =
      args:
      package (
        words
        ++ [
          "cargoLock"
          "cargoBuildFlags"
        ]
      ) args
      // (
        if programs == null || !(built ? ${args.pname}) then
          { }
        else
          build args.pname ''
            mkdir -p $out/bin
            for program in ${built.${args.pname}}; do ln -s ${programs}/$program $out/bin; done
            cd ${toString ../..}
            ${args.postInstall or ""}
          ''
      );
  };
  buildNpmPackage = package (
    words
    ++ [
      "npmDeps"
      "npmConfigHook"
    ]
  );
  importNpmLock = {
    # As that of nixpkgs: a package comes from where the lock says, or from where it is told.
    __functor =
      _:
      {
        npmRoot,
        packageSourceOverrides ? { },
      }:
      let
        packages = removeAttrs (builtins.fromJSON (builtins.readFile (npmRoot + "/package-lock.json")))
          .packages [ "" ];
        lost = builtins.filter (
          place: !(packages.${place} ? resolved || packageSourceOverrides ? ${place})
        ) (builtins.attrNames packages);
      in
      if lost == [ ] then
        named "npm-deps" // { inherit packages packageSourceOverrides; }
      else
        throw "nobody says where ${builtins.head lost} comes from";
    npmConfigHook = named "npm-config-hook";
  };
  cage = named "cage";
  coreutils = build "coreutils" "mkdir -p $out/bin; cd $out/bin; echo '#!/bin/sh' > kill; chmod +x kill";
  cryptsetup = named "cryptsetup";
  testers.testBuildFailure = package: package;
  # A test is what it is given.
  testers.runNixOSTest =
    test:
    let
      unknown = removeAttrs test [
        "globalTimeout"
        "name"
        "nodes"
        "skipLint"
        "skipTypeCheck"
        "testScript"
      ];
    in
    if unknown == { } then
      test
    else
      throw "a test sets ${builtins.concatStringsSep ", " (builtins.attrNames unknown)}";
  diffutils = named "diffutils";
  evtest = named "evtest";
  ffmpeg-headless = named "ffmpeg";
  firefox = named "firefox";
  foot = named "foot";
  gamescope = named "gamescope";
  jq = named "jq";
  kodi-wayland = named "kodi";
  libpulseaudio = named "libpulseaudio";
  mtools = named "mtools";
  nodejs = named "nodejs";
  patchelf = named "patchelf";
  pkg-config = named "pkg-config";
  python3 = named "python3";
  runtimeShell = "/bin/sh";
  systemd = named "systemd";
  util-linux = named "util-linux";
}
