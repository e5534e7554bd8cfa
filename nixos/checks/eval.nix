# What the modules make of a configuration: sentences that hold, policies for the host to judge, and mistakes that must
# fail. Run by checks/run.py with the small library beside this file, and by `nix flake check` with nixpkgs' own.
{
  lib ? import ./minilib.nix,
  programs ? null,
  # A module from the book.
  example ? { },
}:
let
  cases = import ./cases.nix;
  sentences =
    import ./sentences.nix configurations // import ./sentences-of-the-flake.nix configurations;
  mistakes = import ./mistakes.nix;
  configurations = import ./configurations.nix { inherit lib programs; };
  inherit (configurations)
    box
    definitions
    evaluate
    host
    plain
    policyOf
    tests
    textOf
    withSettings
    ;

  # As NixOS writes them beside the shipped units.
  dropInsOf =
    config:
    builtins.mapAttrs (_: service: {
      Unit = {
        Requires = builtins.concatStringsSep " " service.requires;
        After = builtins.concatStringsSep " " service.after;
      }
      // service.unitConfig;
      Service = service.serviceConfig;
    }) (removeAttrs config.systemd.services [ "greetd" ]);

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
in
{
  results = map (name: {
    inherit name;
    ok = builtins.deepSeq sentences.${name} sentences.${name};
  }) (builtins.attrNames sentences);

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
  fromFile = policyOf (host {
    policyFile = ../../config-schema/examples/family.yaml;
  });
  # For systemd: the packages with units, and what NixOS adds to each, on a machine and on a box.
  machine = {
    packages = plain.systemd.packages;
    dropIns = dropInsOf (host {
      environmentFile = "/run/secrets/punktfunk.env";
    });
  };
  flashed = {
    packages = box.systemd.packages;
    dropIns = dropInsOf box;
  };
  # What stands in the way of the example, and what its policy is.
  exampleRefusals = configurations.refusals (evaluate [ example ]);
  examplePolicy = builtins.deepSeq (configurations.set (evaluate [ example ])) (
    import ../lib/policy.nix (evaluate [ example ]).services.punktfunk.settings
  );
  testScripts = map (test: {
    inherit (test) name;
    machines = builtins.attrNames test.machines;
    text = test.testScript { nodes = test.machines; };
  }) tests;
  # What the guests are given beside what every NixOS has.
  given = map (
    test:
    let
      inherit (test.machines.host) environment systemd users;
      linkOf = builtins.match "L\\+ ([^ ]+) .*";
    in
    {
      inherit (test) name;
      links = builtins.concatMap (
        rule: if linkOf rule == null then [ ] else linkOf rule
      ) systemd.tmpfiles.rules;
      packages = map (package: package.name) environment.systemPackages;
      users = builtins.attrNames users.users;
    }
  ) tests;
  layout = {
    repart = definitions ../../image/repart.d;
    first-boot = definitions ../../image/first-boot.repart.d;
  };
}
