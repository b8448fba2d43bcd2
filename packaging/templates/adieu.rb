class Adieu < Formula
  desc "Log out of everything on this machine, and prove it"
  homepage "https://github.com/adieu-cli/adieu"
  url "@URL@"
  version "@VERSION@"
  sha256 "@SHA256@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on :linux
  depends_on arch: :@HOMEBREW_ARCHITECTURE@

  def install
    bin.install "bin/adieu"
    man1.install Dir["share/man/man1/*.1"]
    bash_completion.install "share/bash-completion/completions/adieu"
    zsh_completion.install "share/zsh/site-functions/_adieu"
    fish_completion.install "share/fish/vendor_completions.d/adieu.fish"
    doc.install Dir["share/doc/adieu/*"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/adieu --version")
    system bin/"adieu", "status", "--home", testpath
  end
end
