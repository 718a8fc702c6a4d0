package podman

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/image"
)

// authFile is auth.json: logins of one user (containers-auth.json(5)).
type authFile struct {
	client *client
	path   string
	auths  map[string]map[string]string
}

// authFile reads the logins of the user: the tool's own file, else Docker's.
func (c *client) authFile(asked string) *authFile {
	f := &authFile{client: c, path: path.Join(c.store.runRoot(), "auth.json")}
	if !c.store.Rootless() {
		f.path = "/run/containers/0/auth.json"
	}
	if asked != "" {
		f.path = c.Abs(asked)
	}
	for _, name := range []string{f.path, path.Join("/", c.Env.Get("HOME"), ".docker/config.json")} {
		if auths := c.readAuths(name); len(auths) > 0 {
			f.auths = auths
			return f
		}
	}
	return f
}

func (c *client) readAuths(name string) map[string]map[string]string {
	data, err := c.FS.ReadFile(name)
	var file struct {
		Auths map[string]map[string]string `json:"auths"`
	}
	if err != nil || json.Unmarshal(data, &file) != nil {
		return nil
	}
	return file.Auths
}

func (f *authFile) entry(host string) string {
	if host == image.DockerHub && f.auths[host] == nil {
		host = "https://index.docker.io/v1/"
	}
	return f.auths[host]["auth"]
}

func (f *authFile) credentials(host string) image.Credentials {
	text, err := base64.StdEncoding.DecodeString(f.entry(host))
	if err != nil {
		return image.Credentials{}
	}
	user, password, _ := strings.Cut(string(text), ":")
	return image.Credentials{User: user, Password: password}
}

func (f *authFile) save() error {
	data, err := json.MarshalIndent(map[string]any{"auths": f.auths}, "", "\t")
	if err != nil {
		return err
	}
	c := f.client
	if err := c.FS.MkdirAll(path.Dir(f.path), 0o700, c.User.UID, c.User.GID); err != nil {
		return err
	}
	return c.FS.WriteFile(f.path, data, 0o600, c.User.UID, c.User.GID)
}

// LoggedIn lists the registries that the store's user is logged in to, sorted.
func (s *Store) LoggedIn() []string {
	name := path.Join(s.runRoot(), "auth.json")
	if !s.Rootless() {
		name = "/run/containers/0/auth.json"
	}
	data, err := s.Engine.Machine.FS.ReadFile(name)
	var file struct {
		Auths map[string]any `json:"auths"`
	}
	if err != nil || json.Unmarshal(data, &file) != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(file.Auths))
}

func newLogin(c *client) *cobra.Command {
	var user, password string
	var stdin, get bool
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "login [options] [REGISTRY]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	o.declare(f)
	f.StringVarP(&user, "username", "u", "", "Username for registry")
	f.StringVarP(&password, "password", "p", "", "Password for registry")
	f.BoolVar(&stdin, "password-stdin", false, "Take the password from stdin")
	f.BoolVar(&get, "get-login", false, "Return the current login user for the registry")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		host, err := c.loginHost(args)
		if err != nil {
			return err
		}
		auth := c.authFile(o.authfile)
		if get {
			if auth.entry(host) == "" {
				return fmt.Errorf("not logged into %s", host)
			}
			c.Printf("%s\n", auth.credentials(host).User)
			return nil
		}
		if err := c.askLogin(&user, &password, stdin, auth.credentials(host)); err != nil {
			return err
		}
		access := image.Access{From: c.Net, Strict: true, Insecure: !o.tlsVerify, Credentials: image.Credentials{User: user, Password: password}}
		if err := c.hub.Login(host, access); err != nil {
			return c.loginError(host, err)
		}
		if auth.auths == nil {
			auth.auths = map[string]map[string]string{}
		}
		auth.auths[host] = map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
		if err := auth.save(); err != nil {
			return err
		}
		c.Printf("Login Succeeded!\n")
		return nil
	}
	return cmd
}

// loginHost is the registry to log in to: what was asked for, or the first of
// those that short names are looked up in.
func (c *client) loginHost(args []string) (string, error) {
	if len(args) == 1 {
		host, _, _ := strings.Cut(strings.TrimPrefix(args[0], "https://"), "/")
		return host, nil
	}
	if search := c.loadRegistries().search; len(search) > 0 {
		return search[0], nil
	}
	return "", errors.New("no registries found in registries.conf, a registry must be provided")
}

func (c *client) askLogin(user, password *string, stdin bool, known image.Credentials) error {
	if *user == "" && *password == "" && !stdin && known.User != "" {
		*user, *password = known.User, known.Password
		return nil
	}
	if *user == "" {
		c.Printf("Username: ")
		line, err := c.Stdin.ReadLine()
		if err != nil {
			return errors.New("reading username: EOF")
		}
		*user = line
	}
	if *password != "" {
		return nil
	}
	if !stdin {
		c.Printf("Password: ")
	}
	line, err := c.Stdin.ReadLine()
	if err != nil && line == "" {
		return errors.New("reading password: inappropriate ioctl for device")
	}
	if !stdin {
		c.Printf("\n")
	}
	*password = strings.TrimRight(line, "\r\n")
	return nil
}

func (c *client) loginError(host string, err error) error {
	var e *image.Error
	if errors.As(err, &e) && e.Kind == image.Unauthorized {
		return fmt.Errorf("logging into %q: invalid username/password", host)
	}
	return fmt.Errorf("authenticating creds for %q: %w", host, c.registryError(host+"/x", "", err))
}

func newLogout(c *client) *cobra.Command {
	var all bool
	cmd := &cobra.Command{Use: "logout [options] [REGISTRY]", Args: cobra.MaximumNArgs(1)}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "Remove the cached credentials for all registries in the auth file")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		auth := c.authFile("")
		if all {
			auth.auths = nil
			c.Printf("Removed login credentials for all registries\n")
			return auth.save()
		}
		host, err := c.loginHost(args)
		if err != nil {
			return err
		}
		if auth.auths[host] == nil {
			return fmt.Errorf("not logged into %s", host)
		}
		delete(auth.auths, host)
		c.Printf("Removed login credentials for %s\n", host)
		return auth.save()
	}
	return cmd
}
