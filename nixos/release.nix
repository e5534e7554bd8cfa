# What a feed of updates is made from: the slot, its hash tree and its boot entry, under the names of image/sysupdate.d.
{ config, pkgs }:
let
  inherit (config.system.image) id version;
  # The split of the image before its boot entry was put in, which is made from the hash of these.
  image = "${config.system.build.intermediateImage}/${config.image.repart.imageFileBasename}";
  entry = "${config.system.build.uki}/${config.system.boot.loader.ukiFile}";
in
pkgs.runCommand "${id}-release-${version}" { } ''
  mkdir $out
  ln -s ${image}.usr.raw $out/${id}_${version}.usr
  ln -s ${image}.verity.raw $out/${id}_${version}.verity
  ln -s ${entry} $out/${id}_${version}.efi
''
