#!/usr/bin/env bash
# Brings what `make check` needs beyond JDK 17, Maven, make and Python 3.11.
#   setup.sh system   looks for programs and, as root on Debian, installs those that are missing
#   setup.sh venv     makes the environment with the stock packages, pytest and grpcurl
#   setup.sh java     prints the home of JDK 17, or of the JDK that javac belongs to
set -euo pipefail

readonly GRPCURL=github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

die() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

java_home() {
  local each javac
  for each in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* /opt/java/*; do
    if [[ -x $each/bin/javac && -r $each/release ]] && grep -q '^JAVA_VERSION="17\.' "$each/release"; then
      printf '%s\n' "$each"
      return
    fi
  done
  if javac=$(command -v javac); then
    javac=$(readlink -f -- "$javac")
    printf '%s\n' "${javac%/bin/javac}"
  fi
}

python() {
  local each
  for each in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$each" >/dev/null && "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      printf '%s\n' "$each"
      return
    fi
  done
  die "Python 3.11 or later is missing"
}

# PROGRAM PACKAGE: what the tests call, and where Debian keeps it.
needed='make make
mvn maven
javac openjdk-17-jdk-headless
python3 python3
go golang-go
openssl openssl
flock util-linux
ip iproute2
iptables iptables
tmux tmux'

system() {
  local program package missing=()
  while read -r program package; do
    command -v "$program" >/dev/null || [[ $program == javac && -n $(java_home) ]] || missing+=("$package")
  done <<<"$needed"
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  # Debian keeps the server off the path.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  # A library, for clocks that are wrong.
  compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || missing+=(libfaketime)
  ((${#missing[@]})) || return 0
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    die "missing: ${missing[*]}; install these, or run this as root on Debian"
  fi
  printf 'setup: installing %s\n' "${missing[*]}" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

venv() {
  local interpreter
  interpreter=$(python)
  rm -rf .venv
  "$interpreter" -m venv .venv || die "cannot make a virtual environment; on Debian it takes the package python3-venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r contract/requirements.txt
  GOBIN=$PWD/.venv/bin go install "$GRPCURL"
  touch .venv/ready
}

case ${1-} in
  system) system ;;
  venv) venv ;;
  java) java_home ;;
  *) die "system, venv or java?" ;;
esac
