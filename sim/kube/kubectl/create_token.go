package kubectl

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
)

// The lives of a token: what a request without one gets, and the shortest one that
// the server gives (kube-apiserver v1.37).
const (
	tokenLife    = time.Hour
	tokenLifeMin = 10 * time.Minute
)

// createToken is create token, which asks the server for a service account's token.
func (f *factory) createToken() *cobra.Command {
	var life time.Duration
	var audience []string
	output, kind, name := "", "", ""
	cmd := &cobra.Command{Use: "token SERVICE_ACCOUNT_NAME", Short: "Request a service account token", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return helpError(cmd.CommandPath(), fmt.Sprintf("exactly one NAME is required, got %d", len(args)))
		}
		switch {
		case strings.TrimSpace(args[0]) == "":
			return errors.New("service account name cannot be empty")
		case life < 0:
			return errors.New("--duration must be greater than or equal to 0")
		case kind != "" && kind != "Pod" || len(audience) > 0 || output != "":
			f.p.Errorf("kubectl: these flags of 'kubectl create token' are part of kubectl, but this simulator does not have them\n")
			return exitStatus(1)
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		token, err := s.token(args[0], name, life)
		if err != nil {
			return fmt.Errorf("failed to create token: %w", err)
		}
		s.p.Printf("%s\n", token)
		return nil
	}}
	fs := cmd.Flags()
	fs.DurationVar(&life, "duration", 0, "Requested lifetime of the issued token.")
	fs.StringArrayVar(&audience, "audience", nil, "Audience of the requested token.")
	fs.StringVar(&kind, "bound-object-kind", "", "Kind of an object to bind the token to.")
	fs.StringVar(&name, "bound-object-name", "", "Name of an object to bind the token to.")
	fs.StringVarP(&output, "output", "o", "", "Output format.")
	return cmd
}

// token asks the server for a token, bound to a pod if one is named.
func (s *session) token(account, pod string, life time.Duration) (string, error) {
	t := s.target(s.server.ServiceAccounts, account)
	if err := t.may("create", "token"); err != nil {
		return "", err
	}
	if life == 0 {
		life = tokenLife
	}
	if life < tokenLifeMin {
		return "", fmt.Errorf("TokenRequest.authentication.k8s.io %q is invalid: spec.expirationSeconds: Invalid value: %d: may not specify a duration less than 10 minutes", account, int64(life.Seconds()))
	}
	found, ok := s.server.ServiceAccounts.Get(t.namespace, account)
	if !ok {
		return "", notFound(t)
	}
	var holder *corev1.Pod
	if pod != "" {
		if holder, ok = s.server.Pods.Get(t.namespace, pod); !ok {
			return "", notFound(s.target(s.server.Pods, pod))
		}
	}
	return s.server.Token(found, holder, life), nil
}
