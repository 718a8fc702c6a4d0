package cli

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path"
	"strings"

	"github.com/distribution/reference"

	"drydock/sim/image/build"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

type machineCompletion = machine.Completion

// request gathers what the client sends: the Dockerfile, the context, the flags.
// Its errors are the client's own, before anything is built.
func (c *Client) request(o *buildOptions, context string) (build.Request, error) {
	r := build.Request{
		Target: o.target, Platform: o.platform, NoCache: o.noCache, NoCacheStages: o.noCacheStages, Pull: o.pull, Push: o.push,
		Check: o.check || o.call == "check" || o.call == "lint", Network: o.network,
	}
	if strings.Contains(o.platform, ",") {
		return r, StatusError{notSimulated("docker build --platform with several platforms").Error(), 1}
	}
	for _, tag := range o.tags {
		ref, err := normaliseTag(tag)
		if err != nil {
			return r, err
		}
		r.Tags = append(r.Tags, ref)
	}
	var err error
	if r.Args, err = c.variables(o.args); err != nil {
		return r, err
	}
	if r.Labels, err = c.variables(o.labels); err != nil {
		return r, err
	}
	if r.Secrets, err = c.readSecrets(o.secrets); err != nil {
		return r, err
	}
	if r.Hosts, err = readHosts(o.hosts); err != nil {
		return r, err
	}
	switch o.network {
	case "default", "none", "host", "":
	default:
		return r, fmt.Errorf("network mode %q not supported by buildkit - you can define a custom network for your builder using the network driver-opt in buildx create", o.network)
	}
	return r, c.readSources(&r, o.file, context)
}

func normaliseTag(tag string) (string, error) {
	named, err := reference.ParseNormalizedNamed(tag)
	if err == nil {
		return reference.TagNameOnly(named).String(), nil
	}
	words := err.Error()
	if strings.HasSuffix(words, "must be lowercase") {
		words = "repository name must be lowercase"
	}
	return "", fmt.Errorf("invalid tag %q: %s", tag, words)
}

// variables reads NAME=value; a name alone takes the client's own variable.
func (c *Client) variables(list []string) (map[string]string, error) {
	values := map[string]string{}
	for _, text := range list {
		name, value, given := strings.Cut(text, "=")
		if name == "" {
			return nil, fmt.Errorf("invalid key-value pair %q: empty key", text)
		}
		if !given {
			own, set := c.Env.Lookup(name)
			if !set {
				continue
			}
			value = own
		}
		values[name] = value
	}
	return values, nil
}

// readSecrets reads --secret id=NAME[,src=FILE|,env=VARIABLE].
func (c *Client) readSecrets(list []string) (map[string][]byte, error) {
	secrets := map[string][]byte{}
	for _, text := range list {
		var id, file, variable, kind string
		for _, field := range strings.Split(text, ",") {
			key, value, ok := strings.Cut(field, "=")
			if !ok {
				return nil, fmt.Errorf("invalid field '%s' must be a key=value pair", field)
			}
			switch strings.ToLower(key) {
			case "id":
				id = value
			case "source", "src":
				file = value
			case "env":
				variable = value
			case "type":
				kind = value
			default:
				return nil, fmt.Errorf("unexpected key '%s' in '%s'", key, field)
			}
		}
		if kind == "env" && variable == "" {
			variable, file = file, ""
		}
		data, err := c.readSecret(id, file, variable)
		if err != nil {
			return nil, err
		}
		secrets[id] = data
	}
	return secrets, nil
}

func (c *Client) readSecret(id, file, variable string) ([]byte, error) {
	if id == "" {
		return nil, errors.New("secret missing ID")
	}
	if file == "" && variable == "" {
		if _, set := c.Env.Lookup(id); set {
			variable = id
		} else {
			file = id
		}
	}
	if variable != "" {
		return []byte(c.Env.Get(variable)), nil
	}
	data, err := c.FS.ReadFile(c.Abs(file))
	if err != nil {
		return nil, fmt.Errorf("failed to stat %s: stat %s: %w", file, file, err)
	}
	return data, nil
}

func readHosts(list []string) ([]machine.HostEntry, error) {
	var hosts []machine.HostEntry
	for _, text := range list {
		name, address, ok := strings.Cut(text, ":")
		if !ok {
			name, address, ok = strings.Cut(text, "=")
		}
		a, err := netip.ParseAddr(strings.Trim(address, "[]"))
		if !ok || err != nil {
			return nil, fmt.Errorf("invalid host %s", text)
		}
		hosts = append(hosts, machine.HostEntry{Addr: a, Name: name})
	}
	return hosts, nil
}

// readSources finds the Dockerfile and the context.
func (c *Client) readSources(r *build.Request, file, context string) error {
	switch {
	case context == "-":
		if file != "" && file != "-" {
			return errors.New("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles")
		}
		data, err := io.ReadAll(c.Stdin)
		if err != nil {
			return err
		}
		return c.fromStdin(r, data)
	case strings.Contains(context, "://") || strings.HasPrefix(context, "git@") || strings.HasPrefix(context, "github.com/"):
		return StatusError{notSimulated("docker build URL").Error(), 1}
	}
	dir := c.Abs(context)
	n, err := c.FS.Stat(dir)
	if err != nil || !n.IsDir() {
		return fmt.Errorf("unable to prepare context: path %q not found", context)
	}
	r.Context = build.Context{Name: dir, FS: c.FS, Dir: dir}
	if file == "-" {
		data, err := io.ReadAll(c.Stdin)
		r.Dockerfile = build.Dockerfile{Name: "Dockerfile", Data: data}
		return err
	}
	full := path.Join(dir, "Dockerfile")
	if file != "" {
		full = c.Abs(file)
		if d, err := c.FS.Stat(path.Dir(full)); err != nil || !d.IsDir() {
			return fmt.Errorf("resolve : lstat %s: no such file or directory", path.Dir(file))
		}
	}
	r.Dockerfile = ReadDockerfile(c.FS, full)
	if file != "" {
		r.Dockerfile.Name = path.Base(file)
	}
	return nil
}

// fromStdin takes what came over standard input for a context in an archive, or
// else for a Dockerfile without a context.
func (c *Client) fromStdin(r *build.Request, data []byte) error {
	r.Context.Name = "stdin"
	archive := build.Unpack(data)
	if archive == nil {
		r.Dockerfile = build.Dockerfile{Name: "Dockerfile", Data: data}
		return nil
	}
	r.Context = build.Context{Name: "stdin", FS: vfs.New(c.Now, nil, archive), Dir: "/"}
	r.Dockerfile = ReadDockerfile(r.Context.FS, "/Dockerfile")
	return nil
}

// ReadDockerfile reads a Dockerfile with its own ignore file beside it. A file
// that is not there is noted: BuildKit only says so once it asks for it.
func ReadDockerfile(files *vfs.FS, full string) build.Dockerfile {
	d := build.Dockerfile{Name: path.Base(full)}
	n, err := files.Stat(full)
	if err != nil && d.Name == "Dockerfile" {
		full = path.Join(path.Dir(full), "dockerfile")
		n, err = files.Stat(full)
	}
	switch {
	case err != nil:
		d.Missing = true
	case n.IsDir():
		d.NotRegular = true
	default:
		d.Data = n.Data
	}
	if ignore, err := files.ReadFile(full + ".dockerignore"); err == nil {
		d.Ignore = ignore
	}
	return d
}
