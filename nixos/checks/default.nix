# For `nix flake check`, with the real nixpkgs: the modules, the policies good and bad, and whole machines.
{
  lib,
  machines,
  pkgs,
}:
let
  evaluated = import ./eval.nix { inherit lib; };
  wrong = builtins.filter (result: !result.ok) evaluated.results;
  cases = import ./cases.nix;
  host = (import ../packages.nix { inherit pkgs; }).host;

  policyOf =
    settings:
    (lib.nixosSystem {
      modules = [
        ../default.nix
        {
          nixpkgs.hostPlatform = pkgs.stdenv.hostPlatform.system;
          services.punktfunk = {
            enable = true;
            package = host;
            inherit settings;
          };
        }
      ];
    }).config.services.punktfunk.policy;
  named =
    prefix: f: set:
    lib.mapAttrs' (name: value: lib.nameValuePair "${prefix}-${name}" (f value)) set;
in
{
  modules =
    assert lib.assertMsg (wrong == [ ])
      "not so: ${lib.concatMapStringsSep "; " (result: result.name) wrong}";
    pkgs.writeText "punktfunk-modules" (
      lib.concatMapStrings (result: result.name + "\n") evaluated.results
    );
}
// named "policy" policyOf cases.good
// named "refused" (
  case:
  pkgs.runCommand "punktfunk-refused"
    { failed = pkgs.testers.testBuildFailure (policyOf case.settings); }
    ''
      ${lib.concatMapStrings (
        words: "grep -F ${lib.escapeShellArg words} $failed/testBuildFailure.log\n"
      ) case.says}
      touch $out
    ''
) cases.bad
// lib.mapAttrs (_: machine: machine.config.system.build.toplevel) machines
