package docker

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// indexServer is the key of Docker Hub in config.json, for historical reasons.
const indexServer = "https://index.docker.io/v1/"

// ConfigFile is ~/.docker/config.json of one user: logins, and what other tools
// of docker keep there.
type ConfigFile struct {
	Path   string
	fs     *vfs.FS
	user   machine.User
	values map[string]any
}

// ConfigDir is where a process's docker configuration is.
func ConfigDir(p *machine.Process) string {
	if dir := p.Env.Get("DOCKER_CONFIG"); dir != "" {
		return p.Abs(dir)
	}
	return path.Join("/", p.Env.Get("HOME"), ".docker")
}

// LoadConfig reads the configuration of the user that a process runs as; without
// a file, or with a broken one, it is empty.
func LoadConfig(p *machine.Process) *ConfigFile {
	return loadConfig(p.FS, p.User, ConfigDir(p))
}

func loadConfig(files *vfs.FS, user machine.User, dir string) *ConfigFile {
	f := &ConfigFile{Path: path.Join(dir, "config.json"), fs: files, user: user, values: map[string]any{}}
	if data, err := files.ReadFile(f.Path); err == nil {
		if json.Unmarshal(data, &f.values) != nil || f.values == nil {
			f.values = map[string]any{}
		}
	}
	return f
}

// serverKey is the key under which a registry's login is kept.
func serverKey(host string) string {
	if host == image.DockerHub || host == "" || host == "index.docker.io" || host == "registry-1.docker.io" {
		return indexServer
	}
	return host
}

func (f *ConfigFile) auths() map[string]any {
	auths, _ := f.values["auths"].(map[string]any)
	return auths
}

// Credentials are those of a registry; empty when there is no login.
func (f *ConfigFile) Credentials(host string) image.Credentials {
	entry, _ := f.auths()[serverKey(host)].(map[string]any)
	auth, _ := entry["auth"].(string)
	text, err := base64.StdEncoding.DecodeString(auth)
	if err != nil {
		return image.Credentials{}
	}
	user, password, _ := strings.Cut(string(text), ":")
	return image.Credentials{User: user, Password: password}
}

// Hosts lists the registries that the user is logged in to, sorted.
func (f *ConfigFile) Hosts() []string {
	var hosts []string
	for _, key := range slices.Sorted(maps.Keys(f.auths())) {
		if key == indexServer {
			key = image.DockerHub
		}
		hosts = append(hosts, key)
	}
	return hosts
}

// Login keeps credentials in the file. The password is only encoded, as the real
// file does without a credential helper.
func (f *ConfigFile) Login(host string, c image.Credentials) error {
	auths := f.auths()
	if auths == nil {
		auths = map[string]any{}
		f.values["auths"] = auths
	}
	auths[serverKey(host)] = map[string]any{"auth": base64.StdEncoding.EncodeToString([]byte(c.User + ":" + c.Password))}
	return f.Save()
}

// Logout forgets a registry's credentials; false when there were none.
func (f *ConfigFile) Logout(host string) (bool, error) {
	if _, ok := f.auths()[serverKey(host)]; !ok {
		return false, nil
	}
	delete(f.auths(), serverKey(host))
	return true, f.Save()
}

// Get returns a text value, such as "currentContext".
func (f *ConfigFile) Get(key string) string { v, _ := f.values[key].(string); return v }

// Set sets a text value; an empty one removes it.
func (f *ConfigFile) Set(key, value string) {
	if value == "" {
		delete(f.values, key)
		return
	}
	f.values[key] = value
}

// Save writes the file, readable by its owner alone.
func (f *ConfigFile) Save() error {
	data, err := json.MarshalIndent(f.values, "", "\t")
	if err != nil {
		return err
	}
	if err := f.fs.MkdirAll(path.Dir(f.Path), 0o700, f.user.UID, f.user.GID); err != nil {
		return err
	}
	return f.fs.WriteFile(f.Path, data, 0o600, f.user.UID, f.user.GID)
}

// LoggedIn lists the registries that the machine's owner is logged in to.
func (e *Engine) LoggedIn() []string {
	owner := e.Machine.Owner
	return loadConfig(e.Machine.FS, owner, path.Join(owner.Home, ".docker")).Hosts()
}
