#!/usr/bin/env bash
# A real Redmine on Debian, without questions, as root.
#   prepare.sh install         its packages, where they are missing
#   prepare.sh database FILE   a fresh SQLite database with the trackers, fields, roles and keys of bootstrap.rb
# Both may be repeated. Debian's own Redmine database stays as it is installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
instances=/var/lib/dbconfig-common/sqlite3/redmine/instances/default
packages=(redmine redmine-sqlite puma)

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}\n' "${packages[@]}" 2>/dev/null | grep -cx installed)" -eq "${#packages[@]}" ]
}

install_packages() {
    if installed; then return; fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    debconf-set-selections <<EOF
redmine redmine/current-instances string default
redmine redmine/default-language select en
redmine redmine/instances/default/default-language select en
redmine redmine/instances/default/dbconfig-install boolean true
redmine redmine/instances/default/dbconfig-remove boolean true
redmine redmine/instances/default/database-type select sqlite3
redmine redmine/instances/default/db/basepath string $instances
redmine redmine/instances/default/db/dbname string redmine_default
EOF
    apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends "${packages[@]}"
}

database() {
    local file=$1
    install -o www-data -g www-data -m 660 "$instances/redmine_default" "$file"
    install -o www-data -g www-data -m 644 "$here/bootstrap.rb" "$file.rb"
    cd /usr/share/redmine
    setpriv --reuid=www-data --regid=www-data --init-groups --reset-env env LANG=C.UTF-8 TZ=UTC RAILS_ENV=production \
        REDMINE_INSTANCE=default REDMINE_TEXT="${REDMINE_TEXT:-textile}" DATABASE_URL="sqlite3:$file" \
        /usr/share/redmine/bin/rails runner "$file.rb"
}

case "${1:-}" in
    install) install_packages ;;
    database) database "${2:?a file}" ;;
    *) echo "usage: prepare.sh install | database FILE" >&2; exit 2 ;;
esac
