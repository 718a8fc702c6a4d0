package kubectl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/store"
)

type builder = func(s *session, name string, command []string) (store.Object, error)

func workloadCreations() []creation {
	return []creation{
		{kind: "deployment", aliases: []string{"deploy"}, failed: "failed to create deployment", need: []string{"image"}, flags: func(fs *pflag.FlagSet) builder {
			var o generate.DeploymentOptions
			fs.StringSliceVar(&o.Images, "image", nil, "Image names to run. A deployment can have multiple images set for multiple containers.")
			fs.Int32VarP(&o.Replicas, "replicas", "r", 1, "Number of replicas to create. Default is 1.")
			fs.Int32Var(&o.Port, "port", -1, "The containerPort that this deployment exposes.")
			return func(_ *session, name string, command []string) (store.Object, error) {
				o.Command = command
				return generate.Deployment(name, o)
			}
		}},
		{kind: "job", failed: "failed to create job", flags: jobFlags},
		{kind: "cronjob", aliases: []string{"cj"}, failed: "failed to create cronjob", need: []string{"image", "schedule"}, flags: func(fs *pflag.FlagSet) builder {
			var o generate.CronJobOptions
			fs.StringVar(&o.Image, "image", "", "Image name to run.")
			fs.StringVar(&o.Schedule, "schedule", "", "A schedule in the Cron format the job should be run with.")
			fs.StringVar(&o.Restart, "restart", "", "job's restart policy. supported values: OnFailure, Never")
			return func(_ *session, name string, command []string) (store.Object, error) {
				o.Command = command
				return generate.CronJob(name, o), nil
			}
		}},
		{kind: "configmap", aliases: []string{"cm"}, failed: "failed to create configmap", flags: func(fs *pflag.FlagSet) builder {
			sources := sourceFlags(fs)
			return func(s *session, name string, _ []string) (store.Object, error) {
				return generate.ConfigMap(name, *sources, s.files())
			}
		}},
		{kind: "namespace", aliases: []string{"ns"}, flags: func(*pflag.FlagSet) builder {
			return func(_ *session, name string, _ []string) (store.Object, error) { return generate.Namespace(name), nil }
		}},
		{kind: "serviceaccount", aliases: []string{"sa"}, failed: "failed to create serviceaccount", flags: func(*pflag.FlagSet) builder {
			return func(_ *session, name string, _ []string) (store.Object, error) {
				return generate.ServiceAccount(name), nil
			}
		}},
	}
}

func sourceFlags(fs *pflag.FlagSet) *generate.Sources {
	var o generate.Sources
	fs.StringSliceVar(&o.Files, "from-file", nil, "Key file can be specified using its file path, in which case file basename will be used as key.")
	fs.StringArrayVar(&o.Literals, "from-literal", nil, "Specify a key and literal value to insert (i.e. mykey=somevalue)")
	fs.StringSliceVar(&o.EnvFiles, "from-env-file", nil, "Specify the path to a file to read lines of key=val pairs.")
	return &o
}

func jobFlags(fs *pflag.FlagSet) builder {
	var o generate.JobOptions
	var from string
	fs.StringVar(&o.Image, "image", "", "Image name to run.")
	fs.StringVar(&from, "from", "", "The name of the resource to create a Job from (only cronjob is supported).")
	return func(s *session, name string, command []string) (store.Object, error) {
		o.Command = command
		switch {
		case (o.Image == "") == (from == ""):
			return nil, errors.New("either --image or --from must be specified")
		case from == "":
			return generate.Job(name, o), nil
		}
		kind, cron, _ := strings.Cut(from, "/")
		if kind != "cronjob" && kind != "cronjobs" && kind != "cj" && kind != "cronjob.batch" {
			return nil, fmt.Errorf("from must be an existing cronjob")
		}
		c, found := s.server.CronJobs.Get(s.namespace, cron)
		if !found {
			return nil, apierrors.NewNotFound(batchv1.Resource("cronjobs"), cron)
		}
		o.From = c
		return generate.Job(name, o), nil
	}
}

func serviceCreations() []creation {
	one := func(kind, title string, t corev1.ServiceType, own func(*pflag.FlagSet, *generate.ServiceOptions)) creation {
		return creation{kind: kind, failed: "failed to create " + title + " service", flags: func(fs *pflag.FlagSet) builder {
			o := generate.ServiceOptions{Type: t}
			fs.StringSliceVar(&o.TCP, "tcp", nil, "Port pairs can be specified as '<port>:<targetPort>'.")
			if own != nil {
				own(fs, &o)
			}
			return func(_ *session, name string, _ []string) (store.Object, error) { return generate.Service(name, o) }
		}}
	}
	return []creation{
		one("clusterip", "ClusterIP", corev1.ServiceTypeClusterIP, func(fs *pflag.FlagSet, o *generate.ServiceOptions) {
			fs.StringVar(&o.ClusterIP, "clusterip", "", "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing).")
		}),
		one("nodeport", "NodePort", corev1.ServiceTypeNodePort, func(fs *pflag.FlagSet, o *generate.ServiceOptions) {
			fs.Int32Var(&o.NodePort, "node-port", 0, "Port used to expose the service on each node in a cluster.")
		}),
		one("loadbalancer", "LoadBalancer", corev1.ServiceTypeLoadBalancer, nil),
		required("external-name", one("externalname", "ExternalName", corev1.ServiceTypeExternalName, func(fs *pflag.FlagSet, o *generate.ServiceOptions) {
			fs.StringVar(&o.ExternalName, "external-name", "", "External name of service")
		})),
	}
}

// required is a creation that cannot do without a flag.
func required(flag string, c creation) creation {
	c.need = append(c.need, flag)
	return c
}

func secretCreations() []creation {
	return []creation{
		{kind: "generic", failed: "failed to create secret", flags: func(fs *pflag.FlagSet) builder {
			sources := sourceFlags(fs)
			kind := fs.String("type", "", "The type of secret to create")
			return func(s *session, name string, _ []string) (store.Object, error) {
				return generate.Secret(name, *kind, *sources, s.files())
			}
		}},
		{kind: "docker-registry", failed: "failed to create secret", flags: func(fs *pflag.FlagSet) builder {
			var r generate.Registry
			fs.StringVar(&r.Server, "docker-server", "https://index.docker.io/v1/", "Server location for Docker registry")
			fs.StringVar(&r.Username, "docker-username", "", "Username for Docker registry authentication")
			fs.StringVar(&r.Password, "docker-password", "", "Password for Docker registry authentication")
			fs.StringVar(&r.Email, "docker-email", "", "Email for Docker registry")
			return func(_ *session, name string, _ []string) (store.Object, error) {
				if r.Username == "" || r.Password == "" || r.Server == "" {
					return nil, errors.New("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required")
				}
				return generate.DockerRegistrySecret(name, r)
			}
		}},
		{kind: "tls", failed: "failed to create secret", flags: func(fs *pflag.FlagSet) builder {
			cert := fs.String("cert", "", "Path to PEM encoded public key certificate.")
			key := fs.String("key", "", "Path to private key associated with given certificate.")
			return func(s *session, name string, _ []string) (store.Object, error) {
				if *cert == "" || *key == "" {
					return nil, errors.New("key and cert must be specified")
				}
				return generate.TLSSecret(name, *cert, *key, s.files())
			}
		}},
	}
}

// groupResources finds the kinds of --resource; a subresource stays in the name.
func (s *session) groupResources(names []string) ([]schema.GroupResource, error) {
	var list []schema.GroupResource
	for _, n := range names {
		base, sub, _ := strings.Cut(n, "/")
		if base == "*" {
			list = append(list, schema.GroupResource{Resource: "*"})
			continue
		}
		c, err := s.find(base)
		if err != nil {
			s.p.Errorf("the server doesn't have a resource type %q\n", base)
			return nil, exitStatus(1)
		}
		r := c.Type().GroupResource()
		if sub != "" {
			r.Resource += "/" + sub
		}
		list = append(list, r)
	}
	return list, nil
}
