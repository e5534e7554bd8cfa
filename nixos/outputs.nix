# What flake.nix exposes.
{ nixpkgs, ... }:
let
  inherit (nixpkgs) lib;
  module = ./default.nix;
  systems = [
    "x86_64-linux"
    "aarch64-linux"
  ];
  # What boots is a PC.
  system = "x86_64-linux";
  pkgs = nixpkgs.legacyPackages.${system};
  packagesOf = system: import ./packages.nix { pkgs = nixpkgs.legacyPackages.${system}; };

  machine =
    modules:
    lib.nixosSystem {
      modules = [
        module
        { nixpkgs.hostPlatform = system; }
      ]
      ++ modules;
    };
  machines = {
    kiosk-example = machine [ ./examples/kiosk.nix ];
  };
in
{
  packages = lib.genAttrs systems (
    system:
    let
      ours = packagesOf system;
    in
    {
      inherit (ours) client console host;
      default = ours.host;
    }
  );

  nixosModules.punktfunk = module;
  nixosModules.default = module;
  nixosModules.living-room = {
    imports = [
      module
      ./profiles/living-room.nix
    ];
  };

  nixosConfigurations = machines;

  checks.${system} = import ./checks { inherit lib machines pkgs; } // import ./vm-tests.nix { inherit module pkgs; };
}
