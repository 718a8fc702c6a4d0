package program

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// aptSystem is where a Debian or Ubuntu gets its packages.
type aptSystem struct {
	host, root, codename string
	security             string
}

func aptOf(p *machine.Process) aptSystem {
	data, _ := p.FS.ReadFile("/etc/os-release")
	s := aptSystem{host: "deb.debian.org", root: "http://deb.debian.org/debian", security: "http://deb.debian.org/debian-security", codename: "bookworm"}
	for _, line := range strings.Split(string(data), "\n") {
		if v, ok := strings.CutPrefix(line, "VERSION_CODENAME="); ok {
			s.codename = v
		}
		if line == "ID=ubuntu" {
			s.host, s.root, s.security = "archive.ubuntu.com", "http://archive.ubuntu.com/ubuntu", "http://security.ubuntu.com/ubuntu"
		}
	}
	return s
}

// lists is the directory of downloaded indexes: without them no package is known.
const aptLists = "/var/lib/apt/lists"

// aptGet is apt-get, and apt as far as it does the same.
func aptGet(p *machine.Process) int {
	tool := "apt-get"
	if strings.HasSuffix(p.Args[0], "apt") {
		tool = "apt"
		p.Errorf("\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
	}
	var flags, words []string
	for i := 1; i < len(p.Args); i++ {
		switch a := p.Args[i]; {
		case a == "-o" || a == "-t":
			i++
		case strings.HasPrefix(a, "-"):
			flags = append(flags, a)
		default:
			words = append(words, a)
		}
	}
	if len(words) == 0 {
		p.Printf("apt 2.6.1 (amd64)\nUsage: %s [options] command\n", tool)
		return 1
	}
	if p.User.UID != 0 && slices.Contains([]string{"install", "update", "remove", "upgrade", "clean", "autoremove", "purge"}, words[0]) {
		if words[0] == "update" {
			p.Printf("Reading package lists...\n")
			p.Errorf("E: List directory %s/partial is missing. - Acquire (13: Permission denied)\n", aptLists)
		} else {
			p.Errorf("E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n")
		}
		return 100
	}
	switch words[0] {
	case "update":
		return aptUpdate(p)
	case "install":
		return aptInstall(p, flags, words[1:])
	case "upgrade", "dist-upgrade", "full-upgrade":
		p.Printf("Reading package lists...\nBuilding dependency tree...\nReading state information...\nCalculating upgrade...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
		return 0
	case "clean", "autoclean", "autoremove":
		if words[0] == "autoremove" {
			p.Printf("Reading package lists...\nBuilding dependency tree...\nReading state information...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
		}
		return 0
	case "remove", "purge":
		return aptRemove(p, words[1:])
	}
	p.Errorf("%s: '%s %s' is part of apt, but this simulator does not have it\n", tool, tool, words[0])
	return 1
}

func aptUpdate(p *machine.Process) int {
	s := aptOf(p)
	type index struct{ url, what, size string }
	list := []index{
		{s.root, s.codename + " InRelease", "151 kB"}, {s.root, s.codename + "-updates InRelease", "55.4 kB"}, {s.security, s.codename + "-security InRelease", "48.0 kB"},
		{s.root, s.codename + "/main amd64 Packages", "8791 kB"}, {s.root, s.codename + "-updates/main amd64 Packages", "6924 B"}, {s.security, s.codename + "-security/main amd64 Packages", "284 kB"},
	}
	if reach(p, s.host) != nil {
		for i, x := range list[:3] {
			p.Printf("Ign:%d %s %s\n", i+1, x.url, x.what)
		}
		for i, x := range list[:3] {
			p.Printf("Err:%d %s %s\n  Temporary failure resolving '%s'\n", i+1, x.url, x.what, s.host)
		}
		p.Printf("Reading package lists...\n")
		for _, x := range list[:3] {
			dist, _, _ := strings.Cut(x.what, " ")
			p.Errorf("W: Failed to fetch %s/dists/%s/InRelease  Temporary failure resolving '%s'\n", x.url, dist, s.host)
		}
		p.Errorf("W: Some index files failed to download. They have been ignored, or old ones used instead.\n")
		return 0
	}
	begin := p.Now()
	for i, x := range list {
		p.Printf("Get:%d %s %s [%s]\n", i+1, x.url, x.what, x.size)
		p.Sleep(200 * time.Millisecond)
	}
	seconds := int(p.Now().Sub(begin).Seconds())
	p.Printf("Fetched 9336 kB in %ds (%d kB/s)\nReading package lists...\n", max(seconds, 1), 9336/max(seconds, 1))
	p.Sleep(400 * time.Millisecond)
	_ = p.FS.MkdirAll(aptLists, 0o755, 0, 0)
	file := aptLists + "/" + strings.ReplaceAll(strings.TrimPrefix(s.root, "http://"), "/", "_") + "_dists_" + s.codename + "_main_binary-amd64_Packages.lz4"
	if err := p.FS.Put(file, &vfs.Node{Mode: 0o644, Bulk: 18_700_000}); err != nil {
		p.Errorf("E: Write error - write (28: %s)\n", capital(err))
		return 100
	}
	return 0
}

func dpkgInstalled(p *machine.Process, name string) bool {
	return hasLine(p, "/var/lib/dpkg/available-here", name)
}

func aptInstall(p *machine.Process, flags, words []string) int {
	p.Printf("Reading package lists...\nBuilding dependency tree...\nReading state information...\n")
	p.Sleep(150 * time.Millisecond)
	all, err := readPackages("apt")
	if err != nil {
		p.Errorf("E: %v\n", err)
		return 100
	}
	entries, _ := p.FS.ReadDir(aptLists)
	if len(entries) == 0 {
		all = nil
	}
	var names []string
	failed := false
	for _, w := range words {
		name, version, pinned := strings.Cut(w, "=")
		switch pkg := all[name]; {
		case dpkgInstalled(p, name):
			p.Printf("%s is already the newest version.\n", name)
		case pkg == nil:
			p.Errorf("E: Unable to locate package %s\n", name)
			failed = true
		case pinned && !strings.HasPrefix(pkg.Version, strings.TrimSuffix(version, "*")):
			p.Errorf("E: Version '%s' for '%s' was not found\n", version, name)
			failed = true
		default:
			names = append(names, name)
		}
	}
	if failed {
		return 100
	}
	list, _ := withNeeds(all, names, func(n string) bool { return dpkgInstalled(p, n) })
	return aptUnpack(p, flags, names, list)
}

// aptUnpack shows what will be done, asks, downloads and installs.
func aptUnpack(p *machine.Process, flags, names []string, list []*softwarePackage) int {
	var extra, every []string
	total := int64(0)
	for _, pkg := range list {
		every = append(every, pkg.Name)
		if !slices.Contains(names, pkg.Name) {
			extra = append(extra, pkg.Name)
		}
		total += pkg.bytes()
	}
	slices.Sort(extra)
	slices.Sort(every)
	if len(extra) > 0 {
		p.Printf("The following additional packages will be installed:\n  %s\n", strings.Join(extra, " "))
	}
	if len(list) > 0 {
		p.Printf("The following NEW packages will be installed:\n  %s\n", strings.Join(every, " "))
	}
	p.Printf("0 upgraded, %d newly installed, 0 to remove and 0 not upgraded.\n", len(list))
	if len(list) == 0 {
		return 0
	}
	p.Printf("Need to get %s of archives.\nAfter this operation, %s of additional disk space will be used.\n", kilobytes(total*3/10), kilobytes(total))
	if !slices.ContainsFunc(flags, func(f string) bool {
		return f == "-y" || f == "--yes" || f == "-qy" || f == "-yq" || f == "-qqy" || f == "-yqq" || f == "--assume-yes"
	}) && len(extra) > 0 {
		p.Printf("Do you want to continue? [Y/n] ")
		line, err := p.Stdin.ReadLine()
		if err == io.EOF || line != "" && !strings.HasPrefix(strings.ToLower(line), "y") {
			p.Printf("Abort.\n")
			return 1
		}
	}
	s := aptOf(p)
	if reach(p, s.host) != nil {
		p.Printf("Err:1 %s %s/main amd64 %s amd64 %s\n  Temporary failure resolving '%s'\n", s.root, s.codename, list[0].Name, list[0].Version, s.host)
		p.Errorf("E: Failed to fetch %s/pool/main/%s/%s_%s_amd64.deb  Temporary failure resolving '%s'\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
			s.root, list[0].Name[:1], list[0].Name, list[0].Version, s.host)
		return 100
	}
	for i, pkg := range list {
		p.Printf("Get:%d %s %s/main amd64 %s amd64 %s [%s]\n", i+1, s.root, s.codename, pkg.Name, pkg.Version, kilobytes(pkg.bytes()*3/10))
		p.Sleep(downloadTime(pkg.bytes() * 3 / 10))
	}
	p.Errorf("debconf: delaying package configuration, since apt-utils is not installed\n")
	p.Printf("Fetched %s in 1s (%s/s)\n", kilobytes(total*3/10), kilobytes(total*3/10))
	for i, pkg := range list {
		p.Printf("Selecting previously unselected package %s.\n", pkg.Name)
		if i == 0 {
			p.Printf("(Reading database ... 6090 files and directories currently installed.)\n")
		}
		p.Printf("Preparing to unpack .../%s_%s_amd64.deb ...\nUnpacking %s (%s) ...\n", pkg.Name, strings.ReplaceAll(pkg.Version, ":", "%3a"), pkg.Name, pkg.Version)
		p.Sleep(60*time.Millisecond + time.Duration(pkg.bytes()/100)*time.Microsecond)
		if err := installFiles(p, pkg, "/usr/share/"+pkg.Name+"/files"); err != nil {
			p.Errorf("dpkg: error processing archive %s (--unpack):\n cannot copy extracted data: failed to write (%s)\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n", pkg.Name, capital(err))
			return 100
		}
	}
	for _, pkg := range list {
		p.Printf("Setting up %s (%s) ...\n", pkg.Name, pkg.Version)
		addLine(p, "/var/lib/dpkg/available-here", pkg.Name)
		p.Sleep(20 * time.Millisecond)
	}
	p.Printf("Processing triggers for libc-bin (2.36-9+deb12u13) ...\n")
	return 0
}

func aptRemove(p *machine.Process, words []string) int {
	p.Printf("Reading package lists...\nBuilding dependency tree...\nReading state information...\n")
	all, _ := readPackages("apt")
	var gone []string
	for _, name := range words {
		switch {
		case dpkgInstalled(p, name):
			gone = append(gone, name)
		case all[name] == nil:
			p.Errorf("E: Unable to locate package %s\n", name)
			return 100
		default:
			p.Printf("Package '%s' is not installed, so not removed\n", name)
		}
	}
	if len(gone) > 0 {
		p.Printf("The following packages will be REMOVED:\n  %s\n", strings.Join(gone, " "))
	}
	p.Printf("0 upgraded, 0 newly installed, %d to remove and 0 not upgraded.\n", len(gone))
	for _, name := range gone {
		for _, file := range slices.Sorted(mapKeys(all[name].Files)) {
			_ = p.FS.Remove(file)
		}
		_ = p.FS.RemoveAll("/usr/share/" + name)
		dropLine(p, "/var/lib/dpkg/available-here", name)
		p.Printf("Removing %s (%s) ...\n", name, all[name].Version)
	}
	return 0
}

func itoa(n int) string { return fmt.Sprint(n) }
