# ~/.profile
export EDITOR=vi
