{
  description = "Log out of everything on this machine, and prove it";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      system = "@MACHINE@-linux";
      pkgs = nixpkgs.legacyPackages.${system};
    in
    {
      packages.${system}.default = pkgs.stdenv.mkDerivation {
        pname = "adieu";
        version = "@VERSION@";
        src = pkgs.fetchurl {
          url = "@URL@";
          sha256 = "@SHA256@";
        };
        nativeBuildInputs = [ pkgs.autoPatchelfHook ];
        buildInputs = [ pkgs.stdenv.cc.cc.lib ];
        installPhase = ''
          mkdir -p $out
          cp -r bin share $out
        '';
        meta = {
          homepage = "https://github.com/adieu-cli/adieu";
          license = with pkgs.lib.licenses; [
            mit
            asl20
          ];
          mainProgram = "adieu";
        };
      };
    };
}
