#!/bin/sh
# A firmware for the virtual board: boots, asks for a login, and knows a few commands. What is typed is never run as a program.

# The console of a board has nobody who may break off its system.
trap '' INT QUIT TSTP

VERSION='Rigbus demo firmware 1.0'
started=$(date +%s)
led=off

say() {
    printf '%s\n' "$*"
}

boot() {
    say "$VERSION"
    say '[    0.000000] memory: 512 MiB'
    say '[    0.012000] console: ttyS0, 115200 baud'
    say '[    0.031000] storage: image found'
    say "[    0.047000] board: ${BOARD:-unknown}"
    say '[    0.063000] boot: done'
    say ''
}

login() {
    while :; do
        printf 'virtual-board login: '
        read -r user || exit 0
        [ -n "$user" ] || continue
        # First this: whoever sees the prompt may type at once.
        stty -echo 2>/dev/null
        printf 'Password: '
        read -r password || exit 0
        stty echo 2>/dev/null
        say ''
        if [ "$user" = root ] && [ "$password" = rigbus ]; then
            say 'Welcome. Type help for the commands.'
            return
        fi
        say 'Login incorrect'
        say ''
    done
}

commands() {
    say 'help       this list'
    say 'uname      the name of the system; -a for all of it'
    say 'uptime     seconds since the boot'
    say 'echo TEXT  says TEXT'
    say 'led on|off switches the lamp, led alone says how it is'
    say 'reboot     boots again'
    say 'poweroff   halts the system'
    say 'exit       logs out'
}

lamp() {
    case $1 in
        on | off) led=$1 ;;
        '') ;;
        *) say "led: $1 (expected: on or off)" && return ;;
    esac
    say "led is $led"
}

prompt() {
    while printf 'root@virtual-board:~# ' && read -r command text; do
        case $command in
            '') ;;
            help) commands ;;
            uname) [ "$text" = -a ] && say "Rigbus virtual-board 1.0 demo $(uname -m)" || say Rigbus ;;
            uptime) say "up $(($(date +%s) - started)) s" ;;
            echo) say "$text" ;;
            led) lamp "$text" ;;
            reboot) say 'Rebooting.' && exec "$0" ;;
            poweroff) say 'System halted.' && exit 0 ;;
            exit | logout) say 'Goodbye.' && say '' && return ;;
            *) say "$command: unknown command (help lists the known ones)" ;;
        esac
    done
}

boot
while :; do
    login
    prompt || exit 0
done
