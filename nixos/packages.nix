# The packages, from the workspace with the crates that Cargo.lock names and the npm packages that package-lock.json
# names. `pkgs` is a nixpkgs whose rustc is at least the workspace's rust-version.
{ pkgs }:
let
  inherit (pkgs) lib rustPlatform;
  inherit (lib) fileset;
  workspace = (builtins.fromTOML (builtins.readFile ../Cargo.toml)).workspace;
  inherit (workspace.package) version;

  sources = fileset.toSource {
    root = ../.;
    fileset = fileset.unions (
      [
        ../.cargo/config.toml
        ../Cargo.toml
        ../Cargo.lock
      ]
      ++ map (member: ../. + "/${member}") workspace.members
    );
  };

  # One crate or several, of the one workspace.
  programs =
    args:
    rustPlatform.buildRustPackage (
      {
        inherit version;
        src = sources;
        cargoLock.lockFile = ../Cargo.lock;
        cargoBuildFlags = map (crate: "--package=${crate}") args.crates;
        nativeBuildInputs = [
          pkgs.pkg-config
          rustPlatform.bindgenHook
        ];
        buildInputs = [ pkgs.ffmpeg-headless ];
        # The tests want a browser, a network and a machine of their own: `./dev test` has them.
        doCheck = false;
        meta = {
          description = args.description;
          license = with lib.licenses; [
            mit
            asl20
          ];
          mainProgram = args.pname;
          platforms = lib.platforms.linux;
        };
      }
      // removeAttrs args [
        "crates"
        "description"
      ]
    );

  console = pkgs.buildNpmPackage {
    pname = "punktfunk-console";
    inherit version;
    src = fileset.toSource {
      root = ../web;
      fileset = fileset.difference ../web (
        fileset.unions [
          (fileset.maybeMissing ../web/dist)
          (fileset.maybeMissing ../web/node_modules)
        ]
      );
    };
    npmDeps = pkgs.importNpmLock {
      npmRoot = ../web;
      packageSourceOverrides = import ./lib/npm.nix {
        inherit pkgs;
        lock = ../web/package-lock.json;
      };
    };
    npmConfigHook = pkgs.importNpmLock.npmConfigHook;
    installPhase = ''
      cp -r dist $out
    '';
  };

  host = programs {
    pname = "punktfunk-host";
    description = "Streams the screen of this machine to the devices that its owner has let in";
    crates = [
      "punktfunk-host"
      "punktfunk-media"
    ];
    # Cargo takes it into the host from where `./dev` builds it.
    preBuild = ''
      mkdir -p web
      cp -r --no-preserve=mode ${console} web/dist
    '';
    nativeBuildInputs = [
      pkgs.patchelf
      pkgs.pkg-config
      rustPlatform.bindgenHook
    ];
    postInstall = ''
      sh ${./install-units.sh} host/daemon/units $out ${pkgs.coreutils}
    '';
    # Loaded by name when sound is first listened to, so that no linker leaves a trace of it.
    postFixup = ''
      patchelf --add-rpath ${lib.makeLibraryPath [ pkgs.libpulseaudio ]} $out/bin/punktfunk-host
    '';
  };

  update = programs {
    pname = "punktfunk-update";
    description = "Updates a flashed box, slot by slot";
    crates = [ "punktfunk-update" ];
  };
in
{
  inherit
    console
    host
    update
    version
    ;

  client = programs {
    pname = "punktfunk-client";
    description = "The reference client of punktfunk/1";
    crates = [ "punktfunk-client" ];
  };

  # What makes a machine with this host a flashed box: where its policy and its updates come from.
  boxWith =
    host:
    pkgs.runCommand "punktfunk-box" { } ''
      install -D -m 755 --target-directory $out/libexec/punktfunk ${../image/bin}/*
      sh ${./install-units.sh} ${../image/units} $out
      sh ${./install-units.sh} ${../image/update/units} $out ${update} ${host}
    '';

  # What only the tests in a virtual machine need: the painter, and the tests of a kernel's devices.
  vmTests = programs {
    pname = "punktfunk-painter";
    description = "Draws known pictures on a screen, and tests the devices of a kernel";
    crates = [ "punktfunk-painter" ];
    nativeBuildInputs = [
      pkgs.jq
      pkgs.pkg-config
      rustPlatform.bindgenHook
    ];
    postBuild = ''
      cargo test --offline --release --no-run --package punktfunk-media --test screen \
        --package punktfunk-input --test uinput --message-format json > tests.json
    '';
    postInstall = ''
      jq -r 'select(.executable and .profile.test) | "\(.target.name) \(.executable)"' tests.json |
        while read -r name executable; do
          install -D -m 755 "$executable" "$out/libexec/punktfunk-tests/$name"
        done
    '';
  };
}
