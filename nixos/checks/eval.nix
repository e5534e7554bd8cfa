# What the modules make of a configuration: sentences that hold, policies for the host to judge, and mistakes that must
# fail. Run by checks/run.py with the small library beside this file, and by `nix flake check` with nixpkgs' own.
{
  lib ? import ./minilib.nix,
  programs ? null,
}:
let
  mini = import ./minilib.nix;
  pkgs = import ./stub-pkgs.nix { inherit lib programs; };
  cases = import ./cases.nix;

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
  host = options: evaluate [ { services.punktfunk = { enable = true; } // options; } ];
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
  isShippedUnit = service: builtins.all (key: builtins.match "Exec.*|.*Capabilit.*|User" key == null) (
    builtins.attrNames service.serviceConfig
  );
  comesBack = greetd: greetd.serviceConfig.Restart == "always" && greetd.unitConfig.StartLimitIntervalSec == 0;

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

  # All that the modules set, without the options of theirs that need not have a value.
  set =
    config: removeAttrs config [ "_module" ] // { services = removeAttrs config.services [ "punktfunk" ]; };
  shut = {
    inherit (plain.networking.firewall) enable;
    allowedTCPPorts = [ ];
    allowedUDPPorts = [ ];
  };
  sessionOf = config: config.services.greetd.settings.default_session.command;

  lines = text: builtins.filter builtins.isString (builtins.split "\n" text);
  shippedUsers = builtins.concatMap (
    line:
    let
      user = builtins.match "u +([^ ]+) .*" line;
    in
    if user == null then [ ] else user
  ) (lines (builtins.readFile ../../host/daemon/units/punktfunk.sysusers));

  packages = import ../packages.nix { inherit pkgs; };
  cratesOf = package: map (builtins.replaceStrings [ "--package=" ] [ "" ]) package.definition.cargoBuildFlags;
  members = (builtins.fromTOML (builtins.readFile ../../Cargo.toml)).workspace.members;
  crates = map (
    member: (builtins.fromTOML (builtins.readFile (../.. + "/${member}/Cargo.toml"))).package.name
  ) members;
  vmTests = flake.checks.x86_64-linux;
  scenarios = map (mini.removeSuffix ".py") (
    builtins.filter (mini.hasSuffix ".py") (builtins.attrNames (builtins.readDir ../../vm-tests/scenarios))
  );

  flake = (import ../../flake.nix).outputs {
    self = { };
    nixpkgs = {
      lib = mini // {
        nixosSystem =
          { modules }:
          {
            config = evaluate (builtins.filter (module: !(module ? nixpkgs)) modules);
          };
      };
      legacyPackages = mini.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: import ./stub-pkgs.nix { inherit lib programs system; }
      );
    };
  };
  sentences = {
    "a module that is not enabled sets nothing" =
      off.systemd.packages == [ ] && off.environment.etc == { } && off.users.users == { } && off.systemd.services == { };
    "everything that the modules set can be evaluated" = builtins.deepSeq (map set [
      plain
      kiosk
      livingRoom
    ]) true;
    "no assertion stands in the way of an enabled host, a kiosk or a living room" =
      refusals plain ++ refusals kiosk ++ refusals livingRoom == [ ];

    "the units, the rule and the tmpfiles are the package's own" =
      builtins.all (packages: map (package: package.name) packages == [ "punktfunk-host" ]) [
        plain.systemd.packages
        plain.systemd.tmpfiles.packages
        plain.services.udev.packages
      ];
    "the module changes nothing of what a shipped unit runs or may" =
      isShippedUnit plain.systemd.services.punktfunk && isShippedUnit plain.systemd.services.punktfunk-screen;
    "both units start with the machine, whether anybody logs in or not" = builtins.all (
      unit: plain.systemd.services.${unit}.wantedBy == [ "multi-user.target" ]
    ) (builtins.attrNames plain.systemd.services);
    "every user that a unit runs as is made" =
      builtins.attrNames plain.users.users == shippedUsers && builtins.attrNames plain.users.groups == shippedUsers;
    "a secret environment reaches the host and nothing else" =
      (host { environmentFile = "/run/x"; }).systemd.services.punktfunk.serviceConfig == { EnvironmentFile = "/run/x"; };
    "an environment in the store is refused" =
      refusals (host { environmentFile = "${builtins.storeDir}/x"; }) != [ ];

    "the firewall stays shut unless asked" = plain.networking.firewall.allowedUDPPorts == [ ];
    "the default policy opens the native door, the console and discovery" =
      open { } == shut // { allowedTCPPorts = [ 47990 ]; allowedUDPPorts = [ 9777 5353 ]; };
    "only what the policy opens is opened" =
      open { doors.native.enable = false; console.listen = "local"; } == shut;
    "a console on loopback addresses alone is no door" =
      (open { console.listen = [ "127.0.0.1" "::1" ]; }).allowedTCPPorts == [ ];
    "a console on one address of the network is a door" =
      (open { console.listen = [ "127.0.0.1" "192.168.1.20" ]; }).allowedTCPPorts == [ 47990 ];
    "ports follow the settings, and Moonlight's the schema" =
      everything.allowedTCPPorts == [ 1002 47984 47989 48010 ]
      && everything.allowedUDPPorts == [ 1000 1001 47998 47999 48000 5353 ];
    "the firewall cannot follow a policy file, and says so" =
      refusals (host { policyFile = ./cases.nix; openFirewall = true; }) != [ ];
    "a policy file and settings at once are refused" =
      refusals (host { policyFile = ./cases.nix; settings.name = "x"; }) != [ ];

    "what is left out of the settings is left out of the policy" = textOf { } == "{}\n";
    "a policy is written one key a line" =
      textOf { name = "TV"; update.feed = null; } == "{\n  \"name\": \"TV\"\n}\n";
    "settings of two modules are one policy" =
      (evaluate [
        { services.punktfunk.enable = true; services.punktfunk.settings.encode.codecs = [ "hevc" ]; }
        { services.punktfunk.settings.encode.codecs = [ "h264" ]; }
        { services.punktfunk.settings.name = "x"; }
      ]).services.punktfunk.settings.name == "x";
    "a key that this module has not heard of is left to the host to judge" =
      (withSettings { pairing.requires = true; }).services.punktfunk.settings.pairing.requires;
    "a door that moves restarts the host, a name does not" =
      let
        restarts = settings: (withSettings settings).systemd.services.punktfunk.restartTriggers;
      in
      restarts { name = "x"; } == restarts { } && restarts { console.port = 1; } != restarts { };

    "the kiosk comes back whatever its program does" = comesBack kiosk.systemd.services.greetd;
    "the kiosk needs no login and its user has no group" =
      kiosk.services.greetd.settings.default_session.user == "kiosk" && kiosk.users.users.kiosk.extraGroups == [ ];
    "the kiosk runs its program in its compositor" =
      builtins.match "exec .*/bin/cage -s -- .*/bin/firefox --kiosk https://example.org\n" (sessionOf kiosk) != null;
    "the living room starts a launcher, with sound" =
      builtins.match "exec .*/bin/cage -s -- .*/bin/kodi-standalone\n" (sessionOf livingRoom) != null
      && livingRoom.services.pipewire.enable;
    "a kiosk without a host is refused" =
      refusals (evaluate [ { services.punktfunk.kiosk = { enable = true; program = "x"; }; } ]) != [ ];

    "the flake has its packages, its module, its machines and its tests" =
      builtins.attrNames flake.packages.x86_64-linux == [ "client" "console" "default" "host" ]
      && flake.nixosModules ? punktfunk
      && builtins.all (machine: refusals machine.config == [ ]) (builtins.attrValues flake.nixosConfigurations);
    "every crate that a package builds is in the workspace" = builtins.all (
      package: builtins.all (crate: builtins.elem crate crates) (cratesOf package)
    ) (builtins.attrValues (removeAttrs packages [ "console" ]));
    "every scenario is a test of the flake" =
      builtins.filter (name: mini.hasPrefix "vm-" name) (builtins.attrNames vmTests) == map (name: "vm-${name}") scenarios;
  };

  # Each must fail to evaluate, with these words, or the small library and the stubs would let it pass.
  mistakes = {
    an-option-that-is-not = {
      module.services.punktfunk.nosuch = 1;
      says = "services.punktfunk.nosuch";
    };
    an-option-of-nixos-that-is-not = {
      module.services.greetd.enabled = true;
      says = "services.greetd.enabled";
    };
    a-word-of-a-unit-that-is-not = {
      module.systemd.services.punktfunk.wantedby = [ "multi-user.target" ];
      says = "wantedby";
    };
    a-word-of-a-user-that-is-not = {
      module.users.users.punktfunk.isSystem = true;
      says = "isSystem";
    };
    a-port-as-text-in-the-firewall = {
      module.networking.firewall.allowedTCPPorts = [ "47990" ];
      says = "networking.firewall.allowedTCPPorts";
    };
    a-port-as-text-in-the-settings = {
      module.services.punktfunk.settings.console.port = "47990";
      says = "settings.console.port";
    };
    a-port-out-of-range = {
      module.services.punktfunk.settings.doors.native.port = 70000;
      says = "settings.doors.native.port";
    };
    a-choice-that-is-not = {
      module.services.punktfunk.settings.update.window = "noon";
      says = "settings.update.window";
    };
    a-compositor-that-is-not = {
      module.services.punktfunk.kiosk.compositor = "weston";
      says = "kiosk.compositor";
    };
    a-package-that-is-not = {
      module = { pkgs, ... }: { environment.systemPackages = [ pkgs.nosuch ]; };
      says = "nosuch";
    };
    a-function-that-is-not = {
      module = { lib, ... }: { networking.hostName = lib.nosuch "x"; };
      says = "nosuch";
    };
    a-name-set-twice = {
      module.imports = [
        { networking.hostName = "a"; }
        { networking.hostName = "b"; }
      ];
      says = "networking.hostName";
    };
    a-word-of-a-package-that-is-not = {
      module = { pkgs, ... }: {
        environment.systemPackages = [
          (pkgs.rustPlatform.buildRustPackage {
            pname = "x";
            cargoFlags = [ ];
          })
        ];
      };
      says = "cargoFlags";
    };
  };
  withMistake =
    module:
    let
      config = evaluate [
        { services.punktfunk.enable = true; }
        { services.punktfunk.kiosk.program = "x"; }
        module
      ];
    in
    builtins.deepSeq (removeAttrs config [ "_module" ]) "evaluated";
  # Each evaluates, and breaks a sentence.
  spoilt = {
    "a module that sets ExecStart is noticed" = !(isShippedUnit
      (evaluate [
        {
          services.punktfunk.enable = true;
          systemd.services.punktfunk.serviceConfig.ExecStart = "/bin/true";
        }
      ]).systemd.services.punktfunk
    );
    "a module that adds a capability is noticed" = !(isShippedUnit
      (evaluate [
        {
          services.punktfunk.enable = true;
          systemd.services.punktfunk.serviceConfig.AmbientCapabilities = "CAP_SYS_ADMIN";
        }
      ]).systemd.services.punktfunk
    );
  };
  ok = sentences // spoilt;

in
{
  results =
    map
      (name: {
        inherit name;
        ok = builtins.deepSeq ok.${name} ok.${name};
      })
      (builtins.attrNames ok);

  mistakes = builtins.mapAttrs (_: mistake: withMistake mistake.module) mistakes;
  mistakesSay = builtins.mapAttrs (_: mistake: mistake.says) mistakes;
  withoutMistake = withMistake { };

  # For the host's `config check`.
  good = builtins.mapAttrs (_: textOf) cases.good;
  bad = builtins.mapAttrs (_: case: {
    text = textOf case.settings;
    inherit (case) says;
  }) cases.bad;
  # For nix-build: a policy that the host takes, and one that it refuses.
  policy = policyOf (withSettings cases.good.living-room);
  refused = policyOf (withSettings cases.bad.misspelt.settings);
  fromFile = policyOf (host { policyFile = ../../config-schema/examples/family.yaml; });
  package = plain.services.punktfunk.package;
  # For systemd: what NixOS adds to the shipped units, by unit.
  dropIns = builtins.mapAttrs (_: service: service.serviceConfig) (
    (host { environmentFile = "/run/secrets/punktfunk.env"; }).systemd.services
  );
}
