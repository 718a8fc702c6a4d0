// Package generate makes the objects that kubectl's create, run, expose and
// autoscale send (kubectl v1.37.2). Its functions are pure: flags in, object out.
package generate

import (
	"fmt"
	"strings"

	"github.com/distribution/reference"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DeploymentOptions are the flags of `kubectl create deployment`.
type DeploymentOptions struct {
	Images   []string
	Command  []string
	Replicas int32
	Port     int32 // -1 or 0 for none
}

// Deployment makes what `kubectl create deployment NAME` sends. Errors are flags
// that contradict each other.
func Deployment(name string, o DeploymentOptions) (*appsv1.Deployment, error) {
	if len(o.Images) > 1 && len(o.Command) > 0 {
		return nil, fmt.Errorf("cannot specify multiple --image options and command")
	}
	if o.Replicas < 0 {
		return nil, fmt.Errorf("replicas must be greater than or equal to 0, was %d", o.Replicas)
	}
	labels := map[string]string{"app": name}
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &o.Replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
	for _, image := range o.Images {
		c := corev1.Container{Name: containerName(image), Image: image, Command: o.Command}
		if len(o.Images) > 1 {
			c.Name = unique(d.Spec.Template.Spec.Containers, c.Name)
		}
		d.Spec.Template.Spec.Containers = append(d.Spec.Template.Spec.Containers, c)
	}
	if o.Port > 0 && len(d.Spec.Template.Spec.Containers) > 0 {
		d.Spec.Template.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: o.Port}}
	}
	return d, nil
}

// containerName is the last part of an image's name without tag and digest, with
// what a name may not have replaced.
func containerName(image string) string {
	if i := strings.LastIndex(image, "/"); i >= 0 {
		image = image[i+1:]
	}
	image, _, _ = strings.Cut(image, "@")
	image, _, _ = strings.Cut(image, ":")
	return strings.ReplaceAll(strings.ToLower(image), "_", "-")
}

func unique(containers []corev1.Container, name string) string {
	for i, candidate := 1, name; ; i++ {
		taken := false
		for _, c := range containers {
			taken = taken || c.Name == candidate
		}
		if !taken {
			return candidate
		}
		candidate = fmt.Sprintf("%s-%d", name, i)
	}
}

// JobOptions are the flags of `kubectl create job`.
type JobOptions struct {
	Image   string
	Command []string
	From    *batchv1.CronJob // --from=cronjob/NAME
}

// Job makes what `kubectl create job NAME` sends; with From it is that cron job's
// next job, made by hand.
func Job(name string, o JobOptions) *batchv1.Job {
	job := &batchv1.Job{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	if o.From != nil {
		template := o.From.Spec.JobTemplate.DeepCopy()
		job.Labels, job.Annotations, job.Spec = template.Labels, map[string]string{"cronjob.kubernetes.io/instantiate": "manual"}, template.Spec
		for k, v := range template.Annotations {
			job.Annotations[k] = v
		}
		job.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(o.From, batchv1.SchemeGroupVersion.WithKind("CronJob"))}
		return job
	}
	job.Spec.Template.Spec = corev1.PodSpec{
		Containers:    []corev1.Container{{Name: name, Image: o.Image, Command: o.Command}},
		RestartPolicy: corev1.RestartPolicyNever,
	}
	return job
}

// CronJobOptions are the flags of `kubectl create cronjob`.
type CronJobOptions struct {
	Image    string
	Schedule string
	Restart  string // "" means OnFailure
	Command  []string
}

// CronJob makes what `kubectl create cronjob NAME` sends.
func CronJob(name string, o CronJobOptions) *batchv1.CronJob {
	restart := corev1.RestartPolicyOnFailure
	if o.Restart != "" {
		restart = corev1.RestartPolicy(o.Restart)
	}
	c := &batchv1.CronJob{TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	c.Spec.Schedule = o.Schedule
	c.Spec.JobTemplate.Name = name
	c.Spec.JobTemplate.Spec.Template.Spec = corev1.PodSpec{
		Containers:    []corev1.Container{{Name: name, Image: o.Image, Command: o.Command}},
		RestartPolicy: restart,
	}
	return c
}

// PodOptions are the flags of `kubectl run`.
type PodOptions struct {
	Image           string
	Port            int32
	Env             []string // NAME=value
	Labels          map[string]string
	Annotations     map[string]string
	Args            []string
	Command         bool // Args are the command, not its arguments
	Restart         string
	Stdin, TTY      bool
	ImagePullPolicy string
	Privileged      bool
}

// Pod makes what `kubectl run NAME` sends. Errors are a name of an image that is
// none, and flags with wrong values.
func Pod(name string, o PodOptions) (*corev1.Pod, error) {
	if _, err := reference.ParseAnyReference(o.Image); err != nil {
		return nil, fmt.Errorf("invalid image name %q: %w", o.Image, err)
	}
	c := corev1.Container{Name: name, Image: o.Image, Stdin: o.Stdin, StdinOnce: o.Stdin, TTY: o.TTY, ImagePullPolicy: corev1.PullPolicy(o.ImagePullPolicy)}
	if o.Command {
		c.Command = o.Args
	} else {
		c.Args = o.Args
	}
	if o.Port > 0 {
		c.Ports = []corev1.ContainerPort{{ContainerPort: o.Port}}
	}
	if o.Privileged {
		c.SecurityContext = &corev1.SecurityContext{Privileged: &o.Privileged}
	}
	for _, e := range o.Env {
		k, v, found := strings.Cut(e, "=")
		if !found || k == "" {
			return nil, fmt.Errorf("invalid env: %s", e)
		}
		c.Env = append(c.Env, corev1.EnvVar{Name: k, Value: v})
	}
	labels := o.Labels
	if len(labels) == 0 {
		labels = map[string]string{"run": name}
	}
	restart := corev1.RestartPolicy(o.Restart)
	switch restart {
	case "":
		restart = corev1.RestartPolicyAlways
	case corev1.RestartPolicyAlways, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever:
	default:
		return nil, fmt.Errorf("invalid restart policy: %s", o.Restart)
	}
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels, Annotations: o.Annotations},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{c}, RestartPolicy: restart, DNSPolicy: corev1.DNSClusterFirst},
	}, nil
}
