complete -c adieu -s h -l help -d 'Print help'
