package node

import (
	"path"
	"strings"

	"drydock/sim/machine"
)

// processObject is process.
func (r *runtime) processObject() *object {
	p, o := r.process, newObject()
	o.hide("env", &object{class: "env"})
	o.set("pid", float64(p.LocalPID))
	o.set("platform", "linux")
	o.set("arch", "x64")
	o.set("version", "v"+r.version)
	versions := newObject()
	versions.set("node", r.version)
	o.set("versions", versions)
	o.method("cwd", func(r *runtime, _ any, _ []any) any { return r.process.Dir })
	o.method("uptime", func(r *runtime, _ any, _ []any) any { return r.process.Now().Sub(r.process.Started).Seconds() })
	o.method("exit", func(r *runtime, _ any, a []any) any {
		status := r.exitCode()
		if argument(a, 0) != nil {
			status = toInt(a[0])
		}
		panic(quit{status & 255})
	})
	o.method("getuid", func(r *runtime, _ any, _ []any) any { return float64(r.process.User.UID) })
	o.method("memoryUsage", func(r *runtime, _ any, _ []any) any {
		m := newObject()
		m.set("rss", float64(r.process.Memory()))
		m.set("heapUsed", float64(r.process.Memory()/6))
		return m
	})
	o.method("nextTick", func(r *runtime, _ any, a []any) any {
		r.jobs = append(r.jobs, func() { r.apply(argument(a, 0), nil, a[min(1, len(a)):]) })
		return nil
	})
	on := func(r *runtime, _ any, a []any) any {
		name := toText(argument(a, 0))
		if s, ok := machine.ParseSignal(strings.TrimPrefix(name, "SIG")); ok && strings.HasPrefix(name, "SIG") {
			r.handlers[s] = argument(a, 1)
		}
		return o
	}
	o.method("on", on).method("once", on)
	for _, name := range []string{"stdout", "stderr"} {
		out := newObject()
		out.method("write", func(r *runtime, _ any, a []any) any {
			if name == "stderr" {
				r.process.Errorf("%s", toText(argument(a, 0)))
			} else {
				r.process.Printf("%s", toText(argument(a, 0)))
			}
			return true
		})
		o.hide(name, out)
	}
	return o
}

func (r *runtime) setArgs(file string, args []string) {
	o, _ := r.globals.vars["process"].value.(*object)
	list := newArray("/usr/local/bin/node")
	if file != "" {
		list.list = append(list.list, file)
	}
	for _, a := range args {
		list.list = append(list.list, a)
	}
	o.set("argv", list)
}

// osModule is os.
func osModule(r *runtime) *object {
	o := newObject()
	o.hide("EOL", "\n")
	texts := map[string]string{"hostname": r.process.Host, "platform": "linux", "type": "Linux", "arch": "x64", "tmpdir": "/tmp", "homedir": r.process.User.Home, "release": "6.8.0-51-generic"}
	for name, text := range texts {
		o.method(name, func(*runtime, any, []any) any { return text })
	}
	o.method("uptime", func(r *runtime, _ any, _ []any) any { return r.process.Clock().Elapsed().Seconds() })
	o.method("totalmem", func(r *runtime, _ any, _ []any) any { return float64(r.process.Machine.Memory) })
	o.method("cpus", func(r *runtime, _ any, _ []any) any { return numbers(max(1, r.process.Machine.CPUs)) })
	o.method("networkInterfaces", func(r *runtime, _ any, _ []any) any {
		all := newObject()
		for i, link := range r.process.Net.Interfaces() {
			entry := newObject()
			entry.set("address", link.Addr.String())
			entry.set("family", "IPv4")
			entry.set("internal", false)
			all.set("eth"+numberText(float64(i)), newArray(entry))
		}
		return all
	})
	return o
}

func pathModule() *object {
	o := newObject()
	o.hide("sep", "/")
	texts := func(a []any) []string {
		var list []string
		for _, v := range a {
			list = append(list, toText(v))
		}
		return list
	}
	o.method("join", func(_ *runtime, _ any, a []any) any { return path.Join(texts(a)...) })
	o.method("resolve", func(r *runtime, _ any, a []any) any {
		full := r.process.Dir
		for _, t := range texts(a) {
			if path.IsAbs(t) {
				full = t
			} else {
				full = path.Join(full, t)
			}
		}
		return path.Clean(full)
	})
	o.method("basename", func(_ *runtime, _ any, a []any) any {
		base := path.Base(toText(argument(a, 0)))
		if argument(a, 1) != nil {
			base = strings.TrimSuffix(base, toText(a[1]))
		}
		return base
	})
	o.method("dirname", func(_ *runtime, _ any, a []any) any { return path.Dir(toText(argument(a, 0))) })
	o.method("extname", func(_ *runtime, _ any, a []any) any { return path.Ext(toText(argument(a, 0))) })
	return o
}

// fsModule is fs; promised makes its functions return promises.
func fsModule(promised bool) *object {
	o := newObject()
	for name, fn := range fileFunctions() {
		if promised {
			o.method(name, func(r *runtime, this any, a []any) any { return r.later(func() any { return fn(r, this, a) }) })
			continue
		}
		o.method(name+"Sync", fn)
		o.method(name, func(r *runtime, this any, a []any) any {
			var callback any
			if len(a) > 0 {
				callback = a[len(a)-1]
			}
			_, v, failed := r.attempt(func() (done, any) { return normal, fn(r, this, a[:max(0, len(a)-1)]) })
			var problem any = null{}
			if failed != nil {
				problem = failed.value
			}
			r.jobs = append(r.jobs, func() { r.apply(callback, nil, []any{problem, v}) })
			return nil
		})
	}
	if !promised {
		o.method("existsSync", func(r *runtime, _ any, a []any) any {
			return r.process.FS.Exists(r.process.Abs(toText(argument(a, 0))))
		})
		o.hide("promises", fsModule(true))
	}
	return o
}

func fileFunctions() map[string]native {
	return map[string]native{
		"readFile": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			data, err := r.process.ReadFile(name)
			if err != nil {
				r.throwFile(err, "open", name)
			}
			if argument(a, 1) == nil {
				return bufferOf(string(data))
			}
			return string(data)
		},
		"writeFile": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			if err := r.process.WriteFile(name, []byte(toText(argument(a, 1)))); err != nil {
				r.throwFile(err, "open", name)
			}
			return nil
		},
		"appendFile": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			data, _ := r.process.ReadFile(name)
			if err := r.process.WriteFile(name, append(data, toText(argument(a, 1))...)); err != nil {
				r.throwFile(err, "open", name)
			}
			return nil
		},
		"readdir": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			entries, err := r.process.FS.ReadDir(r.process.Abs(name))
			if err != nil {
				r.throwFile(err, "scandir", name)
			}
			out := newArray()
			for _, e := range entries {
				out.list = append(out.list, e.Name)
			}
			return out
		},
		"mkdir": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			full := r.process.Abs(name)
			err := r.process.MayChange(full)
			if err == nil {
				err = r.process.FS.MkdirAll(full, 0o755, r.process.User.UID, r.process.User.GID)
			}
			if err != nil {
				r.throwFile(err, "mkdir", name)
			}
			return nil
		},
		"unlink": func(r *runtime, _ any, a []any) any {
			name := toText(argument(a, 0))
			full := r.process.Abs(name)
			err := r.process.MayChange(full)
			if err == nil {
				err = r.process.FS.Remove(full)
			}
			if err != nil {
				r.throwFile(err, "unlink", name)
			}
			return nil
		},
	}
}

// throwFile throws the error of a system call in node's form.
func (r *runtime) throwFile(err error, call, name string) {
	text, code, number := strings.ToLower(err.Error()), "EIO", -5
	for _, known := range []struct {
		text, code string
		number     int
	}{{"no such file or directory", "ENOENT", -2}, {"permission denied", "EACCES", -13}, {"read-only file system", "EROFS", -30}, {"is a directory", "EISDIR", -21},
		{"not a directory", "ENOTDIR", -20}, {"no space left on device", "ENOSPC", -28}, {"file exists", "EEXIST", -17}} {
		if strings.Contains(text, known.text) || known.code == "ENOENT" && strings.Contains(text, "not exist") {
			text, code, number = known.text, known.code, known.number
			break
		}
	}
	e := r.makeError("Error", code+": "+text+", "+call+" '"+name+"'")
	e.set("errno", float64(number))
	e.set("code", code)
	e.set("syscall", call)
	e.set("path", name)
	panic(&thrown{e})
}
