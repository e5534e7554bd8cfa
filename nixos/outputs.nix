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
  boots = "x86_64-linux";
  pkgs = nixpkgs.legacyPackages.${boots};
  packagesOf = system: import ./packages.nix { pkgs = nixpkgs.legacyPackages.${system}; };

  machine =
    modules:
    lib.nixosSystem {
      modules = [
        module
        { nixpkgs.hostPlatform = boots; }
      ]
      ++ modules;
    };
  machines = {
    kiosk-example = machine [ ./examples/kiosk.nix ];
    appliance = machine [
      "${nixpkgs}/nixos/modules/image/repart.nix"
      "${nixpkgs}/nixos/modules/profiles/image-based-appliance.nix"
      ./appliance.nix
    ];
  };
in
{
  packages = lib.genAttrs systems (
    system:
    let
      ours = packagesOf system;
    in
    {
      inherit (ours)
        client
        console
        host
        update
        ;
      default = ours.host;
    }
    // lib.optionalAttrs (system == boots) {
      image = machines.appliance.config.system.build.finalImage;
      inherit (machines.appliance.config.system.build) release;
    }
  );

  nixosModules = rec {
    default = punktfunk;
    punktfunk.imports = [ module ];
    living-room.imports = [
      module
      ./profiles/living-room.nix
    ];
  };

  nixosConfigurations = machines;

  checks.${boots} =
    import ./checks { inherit lib machines pkgs; }
    // import ./vm-tests.nix { inherit module nixpkgs pkgs; };
}
