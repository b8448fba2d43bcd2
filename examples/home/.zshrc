# ~/.zshrc
export EDITOR=vi
# for the demo in March
export ANTHROPIC_API_KEY=FAKE-key-of-the-demo-in-March
alias tf=terraform
