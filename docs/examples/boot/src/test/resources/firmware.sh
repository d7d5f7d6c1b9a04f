#!/bin/sh
echo booting
printf 'login: '
read -r name
echo "hello $name"
exec sleep 600
