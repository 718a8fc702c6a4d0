package cli

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// loginOptions are the flags of `docker login`.
type loginOptions struct {
	server, user, password string
	passwordStdin          bool
}

func newLogin(c *Client) *cobra.Command {
	var o loginOptions
	cmd := &cobra.Command{
		Use: "login [OPTIONS] [SERVER]", Short: "Authenticate to a registry", Args: requiresMaxArgs(1),
		Long: "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.server = hostOfServer(args[0])
			}
			return c.login(cmd, &o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.password, "password", "p", "", "Password or Personal Access Token (PAT)")
	f.BoolVar(&o.passwordStdin, "password-stdin", false, "Take the Password or Personal Access Token (PAT) from stdin")
	f.StringVarP(&o.user, "username", "u", "", "Username")
	return cmd
}

// hostOfServer takes what surrounds the host of a server away, as docker does.
func hostOfServer(server string) string {
	server = strings.TrimPrefix(strings.TrimPrefix(server, "https://"), "http://")
	host, _, _ := strings.Cut(server, "/")
	return host
}

func (c *Client) login(cmd *cobra.Command, o *loginOptions) error {
	if err := c.checkLogin(cmd, o); err != nil {
		return err
	}
	host := o.server
	if host == "" || host == "index.docker.io" || host == "registry-1.docker.io" {
		host = image.DockerHub
	}
	config := docker.LoadConfig(c.Process)
	credentials := image.Credentials{User: o.user, Password: o.password}
	if known := config.Credentials(host); credentials.Password == "" && known.User != "" && (o.user == "" || o.user == known.User) {
		c.Printf("Authenticating with existing credentials... [Username: %s]\n", known.User)
		c.Printf("\ni Info → To login with a different account, run 'docker logout' followed by 'docker login'\n\n\n")
		credentials = known
	} else if credentials.Password == "" {
		if err := c.askLogin(host, known.User, &credentials); err != nil {
			return err
		}
	}
	if err := c.Engine.Login(c.Proc, host, credentials); err != nil {
		return c.daemon(err)
	}
	if err := config.Login(host, credentials); err != nil {
		return errors.New("error saving credentials: " + err.Error())
	}
	c.Errorf("\nWARNING! Your credentials are stored unencrypted in '%s'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n", config.Path)
	c.Printf("Login Succeeded\n")
	return nil
}

// checkLogin refuses flags that do not go together and reads the password from
// standard input where that was asked for.
func (c *Client) checkLogin(cmd *cobra.Command, o *loginOptions) error {
	given := cmd.Flags().Changed
	switch {
	case given("password") && o.passwordStdin:
		return errors.New("conflicting options: cannot specify both --password and --password-stdin")
	case given("username") && o.user == "":
		return errors.New("username is empty")
	case given("password") && o.password == "":
		return errors.New("password is empty")
	case given("password"):
		c.Errorf("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n")
	case o.passwordStdin && o.user == "":
		return errors.New("the --password-stdin option requires --username to be set")
	case o.passwordStdin:
		data, err := io.ReadAll(c.Stdin)
		if err != nil {
			return err
		}
		o.password = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
		if o.password == "" {
			return errors.New("password is empty")
		}
	}
	return nil
}

// askLogin prompts for what is missing. There is no browser for the web-based
// login to Docker Hub, so the command line's own is used at once.
func (c *Client) askLogin(host, suggested string, a *image.Credentials) error {
	tty := c.Stdin.Terminal()
	if tty == nil {
		return errors.New("Error: Cannot perform an interactive login from a non TTY device")
	}
	if a.User == "" {
		if host == image.DockerHub {
			c.Printf("Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker ID, head over to https://hub.docker.com to create one.\n")
			c.Printf("You can log in with your password or a Personal Access Token (PAT). Using a limited-scope PAT grants better security and is required for organizations using SSO. Learn more at https://docs.docker.com/go/access-tokens/\n\n")
		}
		prompt := "Username: "
		if suggested != "" {
			prompt = "Username (" + suggested + "): "
		}
		c.Printf("%s", prompt)
		line, err := c.Stdin.ReadLine()
		if err != nil {
			return errors.New("EOF")
		}
		if a.User = strings.TrimSpace(line); a.User == "" {
			a.User = suggested
		}
		if a.User == "" {
			return errors.New("Error: username is required")
		}
	}
	if host == image.DockerHub {
		c.Printf("\ni Info → A Personal Access Token (PAT) can be used instead.\n         To create a PAT, visit https://app.docker.com/settings\n\n\n")
	}
	c.Printf("Password: ")
	tty.Secret = true
	line, err := c.Stdin.ReadLine()
	tty.Secret = false
	c.Printf("\n")
	if err != nil {
		return errors.New("EOF")
	}
	if a.Password = line; a.Password == "" {
		return errors.New("Error: password is required")
	}
	return nil
}

func newLogout(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "logout [SERVER]", Short: "Log out from a registry", Args: requiresMaxArgs(1), Annotations: offline(),
		Long: "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.",
		RunE: func(_ *cobra.Command, args []string) error {
			host, shown := image.DockerHub, "https://index.docker.io/v1/"
			if len(args) > 0 && hostOfServer(args[0]) != image.DockerHub {
				host = hostOfServer(args[0])
				shown = host
			}
			c.Printf("Removing login credentials for %s\n", shown)
			if _, err := docker.LoadConfig(c.Process).Logout(host); err != nil {
				c.Errorf("WARNING: could not erase credentials: %s\n", err)
			}
			return nil
		},
	}
}
