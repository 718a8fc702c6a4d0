// Package tools holds the small programs that are on every machine and in most
// images (ls, cat, grep, curl, ping, ...).
//
// Naming rule for executables: a node's Program decides the flavour of a tool.
//
//   - "NAME" ("ls", "wget") is the GNU or common Linux tool: machines and
//     debian-like images have these.
//   - "busybox:NAME" ("busybox:ls", "busybox:wget") is busybox's applet, with
//     busybox's words: alpine and busybox images have these.
//   - Shells belong to sim/shell: "bash" is bash, "dash" is Debian's /bin/sh,
//     and "busybox:sh" (or a plain "sh") is busybox ash.
//
// A tool that one side does not have is still found under both names; whether
// an image has it is decided by whether the image has the node. Busybox says
// where it is installed; Applets lists what a real busybox 1.36 would bring.
package tools

import "drydock/sim/machine"

// Coreutils maps each small tool's name to its implementation.
func Coreutils() map[string]machine.Main { return map[string]machine.Main{} }
