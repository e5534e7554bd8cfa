# Policies as somebody would write them in `services.punktfunk.settings`. The host must take every good one and refuse
# every bad one, with these words among its own.
{
  good = {
    nothing = { };
    living-room = {
      name = "Living Room";
      pairing.pending.hold = "5m";
      devices = [
        {
          name = "Kitchen tablet";
          fingerprint = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
        }
      ];
    };
    moonlight-too.doors.gamestream.enable = true;
    only-here = {
      console.listen = "local";
      doors.native = {
        port = 19777;
        data_port = 19778;
      };
    };
    one-address.console.listen = [
      "192.168.1.20"
      "fd00::20"
    ];
    a-film.capture.source.file = "/srv/film.mkv";
    fed = {
      update.feed = "https://updates.example.org/stable";
      update.window = "night";
    };
  };
  bad = {
    misspelt = {
      settings.pairing.requires = true;
      says = [
        "services.punktfunk.settings:3:5"
        "pairing.requires"
        "did you mean `require`"
      ];
    };
    unknown-section = {
      settings.consol.port = 1;
      says = [ "did you mean `console`" ];
    };
    no-unit = {
      settings.encode.bitrate.max = "80";
      says = [ "encode.bitrate.max" ];
    };
    contradiction = {
      settings.pairing.pending = {
        cap = 2;
        per_source = 8;
      };
      says = [ "per_source is at most cap" ];
    };
    not-a-fingerprint = {
      settings.devices = [
        {
          name = "Tablet";
          fingerprint = "abc";
        }
      ];
      says = [ "devices[0].fingerprint" ];
    };
  };
}
