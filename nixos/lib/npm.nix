# What a package-lock.json names, as the `packageSourceOverrides` of nixpkgs' importNpmLock. The lock has names, versions
# and hashes, and no addresses: npm itself knows where it gets its packages from, and the hashes say that they are the ones.
{ pkgs, lock }:
let
  packages = removeAttrs (builtins.fromJSON (builtins.readFile lock)).packages [ "" ];

  fetch =
    place:
    { integrity, version, ... }:
    let
      name = builtins.head (builtins.match ".*node_modules/(.+)" place);
      file = builtins.replaceStrings [ "@" "/" ] [ "" "-" ] name;
    in
    pkgs.runCommand "${file}-${version}.tgz"
      {
        nativeBuildInputs = [ pkgs.nodejs ];
        impureEnvVars = pkgs.lib.fetchers.proxyImpureEnvVars;
        outputHash = integrity;
        preferLocalBuild = true;
      }
      ''
        export HOME=$TMPDIR
        npm pack --ignore-scripts --silent '${name}@${version}'
        mv *.tgz $out
      '';
in
builtins.mapAttrs fetch packages
