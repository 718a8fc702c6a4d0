package kubectl

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// defaultTokenLife is what the API server gives a token that asks for nothing.
const defaultTokenLife = time.Hour

func (f *factory) createToken() *cobra.Command {
	var life time.Duration
	cmd := &cobra.Command{Use: "token SERVICE_ACCOUNT_NAME", Short: "Request a service account token", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return helpError("kubectl create token", fmt.Sprintf("exactly one NAME is required, got %d", len(args)))
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		switch {
		case life < 0:
			return fmt.Errorf("--duration must be greater than or equal to 0")
		case life > 0 && life < 10*time.Minute:
			return fmt.Errorf("failed to create token: TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: %d: may not specify a duration less than 10 minutes", int(life.Seconds()))
		case life == 0:
			life = defaultTokenLife
		}
		account, found := s.server.ServiceAccounts.Get(s.namespace, args[0])
		if !found {
			return fmt.Errorf("failed to create token: %w", apierrors.NewNotFound(s.server.Find("serviceaccounts").Type().GroupResource(), args[0]))
		}
		if err := s.server.Authorize(s.user, "create", "", "serviceaccounts", "token", s.namespace, args[0]); err != nil {
			return fmt.Errorf("failed to create token: %w", err)
		}
		s.p.Printf("%s\n", s.server.Token(account, nil, life))
		return nil
	}}
	cmd.Flags().DurationVar(&life, "duration", 0, "Requested lifetime of the issued token.")
	return cmd
}
