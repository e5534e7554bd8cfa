# The configurations that the sentences are about, evaluated without NixOS: with stubs of its options and of its packages.
{ lib, programs }:
let
  mini = import ./minilib.nix;
  pkgs = import ./stub-pkgs.nix { inherit lib programs; };

  evaluate =
    modules:
    (lib.evalModules {
      modules = [
        ./stubs.nix
        ../default.nix
      ]
      ++ modules;
      specialArgs = { inherit pkgs; };
    }).config;
  host =
    options:
    evaluate [
      {
        services.punktfunk = {
          enable = true;
        }
        // options;
      }
    ];
  withSettings = settings: host { inherit settings; };
  open =
    settings:
    (host {
      inherit settings;
      openFirewall = true;
    }).networking.firewall;
  refusals = config: map (a: a.message) (builtins.filter (a: !a.assertion) config.assertions);
  policyOf = config: config.environment.etc."punktfunk/punktfunk.yaml".source;
  textOf = settings: import ../lib/policy.nix (withSettings settings).services.punktfunk.settings;

  # Predicates, so that a mistake can be shown to break them.
  isShippedUnit =
    service:
    builtins.all (key: builtins.match "Exec.*|.*Capabilit.*|User" key == null) (
      builtins.attrNames service.serviceConfig
    );
  comesBack =
    greetd: greetd.serviceConfig.Restart == "always" && greetd.unitConfig.StartLimitIntervalSec == 0;
  off = evaluate [ ];
  plain = host { };
  kiosk = evaluate [ ../examples/kiosk.nix ];
  livingRoom = evaluate [ ../profiles/living-room.nix ];
  everything = open {
    doors.gamestream.enable = true;
    doors.native = {
      port = 1000;
      data_port = 1001;
    };
    console.port = 1002;
  };

  box = evaluate [ ../appliance.nix ];
  definitions =
    folder:
    import ../lib/repart.nix {
      inherit folder;
      specifiers."%A" = packages.version;
    };
  # All that the modules set, without the options of theirs that need not have a value.
  set =
    config:
    removeAttrs config [ "_module" ] // { services = removeAttrs config.services [ "punktfunk" ]; };
  shut = {
    inherit (plain.networking.firewall) enable;
    allowedTCPPorts = [ ];
    allowedUDPPorts = [ ];
  };
  sessionOf = config: config.services.greetd.settings.default_session.command;

  linesOf = file: builtins.filter builtins.isString (builtins.split "\n" (builtins.readFile file));
  shippedUsers = builtins.concatMap (
    line:
    let
      user = builtins.match "u +([^ ]+) .*" line;
    in
    if user == null then [ ] else user
  ) (linesOf ../../host/daemon/units/punktfunk.sysusers);

  packages = import ../packages.nix { inherit pkgs; };
  cratesOf =
    package: map (builtins.replaceStrings [ "--package=" ] [ "" ]) package.definition.cargoBuildFlags;
  members = (builtins.fromTOML (builtins.readFile ../../Cargo.toml)).workspace.members;
  crates = map (
    member: (builtins.fromTOML (builtins.readFile (../.. + "/${member}/Cargo.toml"))).package.name
  ) members;
  # A machine as the test driver of NixOS has it.
  node =
    name: module:
    evaluate [
      module
      { networking.hostName = mini.mkDefault name; }
    ];
  vmTests = builtins.filter (mini.hasPrefix "vm-") (builtins.attrNames flake.checks.x86_64-linux);
  # The tests with their machines.
  tests = map (
    name:
    let
      test = flake.checks.x86_64-linux.${name};
    in
    test // { machines = builtins.mapAttrs node test.nodes; }
  ) vmTests;
  scenarios = map (mini.removeSuffix ".py") (
    builtins.filter (mini.hasSuffix ".py") (
      builtins.attrNames (builtins.readDir ../../vm-tests/scenarios)
    )
  );

  flake = (import ../../flake.nix).outputs {
    self = { };
    nixpkgs = {
      outPath = toString ./nixpkgs;
      lib = mini // {
        nixosSystem = { modules }: { config = evaluate modules; };
      };
      legacyPackages = mini.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: import ./stub-pkgs.nix { inherit lib programs system; }
      );
    };
  };
in
{
  inherit
    box
    comesBack
    crates
    cratesOf
    definitions
    evaluate
    everything
    flake
    host
    isShippedUnit
    kiosk
    linesOf
    livingRoom
    off
    open
    packages
    plain
    policyOf
    refusals
    scenarios
    sessionOf
    set
    shippedUsers
    shut
    tests
    textOf
    vmTests
    withSettings
    ;
}
