{
  description = "A streaming host for the PC under the TV: the host, its NixOS module, and the appliance";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = inputs: import ./nixos/outputs.nix inputs;
}
