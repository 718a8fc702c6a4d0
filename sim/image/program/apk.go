package program

import (
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
)

const (
	apkWorld = "/etc/apk/world"
	apkHost  = "dl-cdn.alpinelinux.org"
)

// apk is Alpine's package manager (apk-tools 2.14).
func apk(p *machine.Process) int {
	flags, words := apkArguments(p.Args[1:])
	if len(words) == 0 {
		p.Printf("apk-tools 2.14.9, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n")
		return 1
	}
	all, err := readPackages("apk")
	if err != nil {
		p.Errorf("ERROR: %v\n", err)
		return 1
	}
	switch words[0] {
	case "add", "del", "update", "upgrade", "fix":
		if p.User.UID != 0 {
			p.Errorf("ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n")
			return 99
		}
	}
	switch words[0] {
	case "add":
		return apkAdd(p, all, flags, words[1:])
	case "del":
		return apkDelete(p, all, words[1:])
	case "update":
		if !apkFetch(p, true) {
			p.Printf("2 unavailable, 0 stale; 19 distinct packages available\n")
			return 2
		}
		p.Printf("v%s [https://%s/alpine/v%s/main]\nv%s [https://%s/alpine/v%s/community]\nOK: 24162 distinct packages available\n",
			alpineRelease(p), apkHost, alpineMinor(p), alpineRelease(p), apkHost, alpineMinor(p))
		return 0
	case "upgrade":
		if !apkFetch(p, slices.Contains(flags, "--no-cache") || slices.Contains(flags, "-U")) {
			return 1
		}
		p.Printf("OK: %s in %d packages\n", apkSize(p, all), apkCount(p))
		return 0
	case "info", "list":
		for _, name := range apkInstalled(p) {
			p.Printf("%s\n", name)
		}
		return 0
	}
	p.Errorf("apk: 'apk %s' is part of apk, but this simulator does not have it\n", words[0])
	return 1
}

// apkArguments parts options from words; -t NAME and --virtual NAME are kept as words' names.
func apkArguments(args []string) (flags, words []string) {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "-t" || args[i] == "--virtual":
			if i+1 < len(args) {
				flags = append(flags, "virtual="+args[i+1])
			}
			i++
		case strings.HasPrefix(args[i], "-"):
			flags = append(flags, args[i])
		default:
			words = append(words, args[i])
		}
	}
	return flags, words
}

func alpineRelease(p *machine.Process) string {
	data, _ := p.FS.ReadFile("/etc/alpine-release")
	return strings.TrimSpace(string(data))
}

func alpineMinor(p *machine.Process) string {
	parts := strings.Split(alpineRelease(p), ".")
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// apkFetch downloads the indexes, if they are not in the cache.
func apkFetch(p *machine.Process, fresh bool) bool {
	if !fresh && p.FS.Exists("/var/cache/apk/APKINDEX.tar.gz") {
		return true
	}
	base := "https://" + apkHost + "/alpine/v" + alpineMinor(p)
	ok := true
	for _, repo := range []string{"main", "community"} {
		p.Printf("fetch %s/%s/x86_64/APKINDEX.tar.gz\n", base, repo)
		if reach(p, apkHost) != nil {
			p.Errorf("WARNING: fetching %s/%s: temporary error (try again later)\n", base, repo)
			ok = false
			continue
		}
		p.Sleep(downloadTime(1_500_000))
	}
	return ok
}

func apkInstalled(p *machine.Process) []string {
	data, _ := p.FS.ReadFile("/lib/apk/db/installed")
	names := []string{"alpine-baselayout", "alpine-baselayout-data", "alpine-keys", "apk-tools", "busybox", "busybox-binsh", "ca-certificates-bundle",
		"libcrypto3", "libssl3", "musl", "musl-utils", "scanelf", "ssl_client", "zlib"}
	return append(names, strings.Fields(string(data))...)
}

func apkCount(p *machine.Process) int { return len(apkInstalled(p)) }

func apkSize(p *machine.Process, all map[string]*softwarePackage) string {
	total := int64(8 << 20)
	for _, name := range apkInstalled(p) {
		if pkg := all[name]; pkg != nil {
			total += pkg.bytes()
		}
	}
	return itoa(int(total>>20)) + " MiB"
}

func apkAdd(p *machine.Process, all map[string]*softwarePackage, flags, words []string) int {
	noCache := slices.Contains(flags, "--no-cache")
	fetched := apkFetch(p, true)
	var names []string
	for _, w := range words {
		name, _, _ := strings.Cut(strings.NewReplacer("=", " ", "<", " ", ">", " ", "~", " ", "@", " ").Replace(w), " ")
		names = append(names, name)
	}
	installed := apkInstalled(p)
	list, missing := withNeeds(all, names, func(n string) bool { return slices.Contains(installed, n) })
	if !fetched {
		missing = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(installed, n) })
	}
	if len(missing) > 0 {
		p.Errorf("ERROR: unable to select packages:\n")
		slices.Sort(missing)
		for _, name := range missing {
			p.Errorf("  %s (no such package):\n    required by: world[%s]\n", name, name)
		}
		return len(missing)
	}
	for i, pkg := range list {
		p.Printf("(%d/%d) Installing %s (%s)\n", i+1, len(list), pkg.Name, pkg.Version)
		p.Sleep(downloadTime(pkg.bytes() * 2 / 5))
		if err := installFiles(p, pkg, "/usr/lib/"+pkg.Name+".apk"); err != nil {
			p.Errorf("ERROR: %s-%s: %s\n", pkg.Name, pkg.Version, capital(err))
			return 1
		}
		addLine(p, "/lib/apk/db/installed", pkg.Name)
	}
	for _, name := range names {
		if !hasLine(p, apkWorld, name) {
			addLine(p, apkWorld, name)
		}
	}
	for _, f := range flags {
		if name, ok := strings.CutPrefix(f, "virtual="); ok {
			addLine(p, "/lib/apk/db/virtual", name+" "+strings.Join(names, " "))
		}
	}
	if !noCache {
		_ = p.FS.WriteFile("/var/cache/apk/APKINDEX.tar.gz", []byte("index"), 0o644, 0, 0)
	}
	if len(list) > 0 {
		p.Printf("Executing busybox-1.37.0-r20.trigger\n")
		if slices.ContainsFunc(list, func(pkg *softwarePackage) bool { return pkg.Name == "ca-certificates" }) {
			p.Printf("Executing ca-certificates-%s.trigger\n", all["ca-certificates"].Version)
		}
		p.Sleep(50 * time.Millisecond)
	}
	p.Printf("OK: %s in %d packages\n", apkSize(p, all), apkCount(p))
	return 0
}

func apkDelete(p *machine.Process, all map[string]*softwarePackage, words []string) int {
	var names []string
	virtual, _ := p.FS.ReadFile("/lib/apk/db/virtual")
	for _, w := range words {
		found := false
		for _, line := range strings.Split(string(virtual), "\n") {
			if fields := strings.Fields(line); len(fields) > 0 && fields[0] == w {
				names, found = append(names, fields[1:]...), true
			}
		}
		if !found {
			names = append(names, w)
		}
	}
	installed := apkInstalled(p)
	names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(installed, n) || all[n] == nil })
	for i, name := range names {
		p.Printf("(%d/%d) Purging %s (%s)\n", i+1, len(names), name, all[name].Version)
		for _, file := range slices.Sorted(mapKeys(all[name].Files)) {
			_ = p.FS.Remove(file)
		}
		_ = p.FS.Remove("/usr/lib/" + name + ".apk")
		dropLine(p, "/lib/apk/db/installed", name)
		dropLine(p, apkWorld, name)
	}
	p.Printf("OK: %s in %d packages\n", apkSize(p, all), apkCount(p))
	return 0
}
