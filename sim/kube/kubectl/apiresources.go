package kubectl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
)

// apiResource is one kind as discovery shows it.
type apiResource struct {
	resource, kind, group, version string
	short, verbs, categories       []string
	namespaced                     bool
	lacking                        bool // real, but not simulated
}

func (r apiResource) groupVersion() string {
	if r.group == "" {
		return r.version
	}
	return r.group + "/" + r.version
}

func (r apiResource) fullName() string {
	if r.group == "" {
		return r.resource
	}
	return r.resource + "." + r.group
}

// allVerbs are what most kinds allow.
const allVerbs = "create,delete,deletecollection,get,list,patch,update,watch"

// lackingKinds are the kinds that a cluster of v1.37 has and the simulator may not:
// plural, kind, group/version, namespaced, short names, categories, verbs ("" are all).
func lackingKinds() []apiResource {
	const table = `bindings Binding v1 true - - create
componentstatuses ComponentStatus v1 false cs - get,list
events Event v1 true ev - -
podtemplates PodTemplate v1 true - - -
replicationcontrollers ReplicationController v1 true rc all -
mutatingadmissionpolicies MutatingAdmissionPolicy admissionregistration.k8s.io/v1 false - api-extensions -
mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding admissionregistration.k8s.io/v1 false - api-extensions -
mutatingwebhookconfigurations MutatingWebhookConfiguration admissionregistration.k8s.io/v1 false - api-extensions -
validatingadmissionpolicies ValidatingAdmissionPolicy admissionregistration.k8s.io/v1 false - api-extensions -
validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding admissionregistration.k8s.io/v1 false - api-extensions -
validatingwebhookconfigurations ValidatingWebhookConfiguration admissionregistration.k8s.io/v1 false - api-extensions -
customresourcedefinitions CustomResourceDefinition apiextensions.k8s.io/v1 false crd,crds api-extensions -
apiservices APIService apiregistration.k8s.io/v1 false - api-extensions -
selfsubjectreviews SelfSubjectReview authentication.k8s.io/v1 false - - create
tokenreviews TokenReview authentication.k8s.io/v1 false - - create
localsubjectaccessreviews LocalSubjectAccessReview authorization.k8s.io/v1 true - - create
selfsubjectaccessreviews SelfSubjectAccessReview authorization.k8s.io/v1 false - - create
selfsubjectrulesreviews SelfSubjectRulesReview authorization.k8s.io/v1 false - - create
subjectaccessreviews SubjectAccessReview authorization.k8s.io/v1 false - - create
certificatesigningrequests CertificateSigningRequest certificates.k8s.io/v1 false csr - -
clustertrustbundles ClusterTrustBundle certificates.k8s.io/v1 false - - -
podcertificaterequests PodCertificateRequest certificates.k8s.io/v1 true - - -
events Event events.k8s.io/v1 true ev - -
flowschemas FlowSchema flowcontrol.apiserver.k8s.io/v1 false - - -
prioritylevelconfigurations PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1 false - - -
ipaddresses IPAddress networking.k8s.io/v1 false ip - -
servicecidrs ServiceCIDR networking.k8s.io/v1 false - - -
runtimeclasses RuntimeClass node.k8s.io/v1 false - - -
deviceclasses DeviceClass resource.k8s.io/v1 false - - -
devicetaintrules DeviceTaintRule resource.k8s.io/v1 false - - -
resourceclaims ResourceClaim resource.k8s.io/v1 true - - -
resourceclaimtemplates ResourceClaimTemplate resource.k8s.io/v1 true - - -
resourceslices ResourceSlice resource.k8s.io/v1 false - - -
csidrivers CSIDriver storage.k8s.io/v1 false - - -
csinodes CSINode storage.k8s.io/v1 false - - -
csistoragecapacities CSIStorageCapacity storage.k8s.io/v1 true - - -
volumeattachments VolumeAttachment storage.k8s.io/v1 false - - -
volumeattributesclasses VolumeAttributesClass storage.k8s.io/v1 false vac - -
storageversionmigrations StorageVersionMigration storagemigration.k8s.io/v1 false - - -`
	var list []apiResource
	for _, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		r := apiResource{resource: f[0], kind: f[1], namespaced: f[3] == "true", short: commaList(f[4]), categories: commaList(f[5]), verbs: commaList(f[6]), lacking: true}
		r.setGroupVersion(f[2])
		if r.verbs == nil {
			r.verbs = commaList(allVerbs)
		}
		list = append(list, r)
	}
	return list
}

func commaList(s string) []string {
	if s == "-" {
		return nil
	}
	return strings.Split(s, ",")
}

func (r *apiResource) setGroupVersion(gv string) {
	group, version, found := strings.Cut(gv, "/")
	if !found {
		group, version = "", gv
	}
	r.group, r.version = group, version
}

// resources are the kinds of a server by group and name: those of its own table, and
// those that are only known by name.
func resources(server *api.Server) []apiResource {
	var list []apiResource
	for _, c := range server.Collections() {
		k := c.Type()
		r := apiResource{resource: k.Resource, kind: k.Kind, group: k.Group, version: k.Version, short: k.Short, namespaced: k.Namespaced, verbs: commaList(allVerbs)}
		if k.All {
			r.categories = []string{"all"}
		}
		if k.Resource == "namespaces" {
			r.verbs = commaList("create,delete,get,list,patch,update,watch")
		}
		list = append(list, r)
	}
	for _, r := range lackingKinds() {
		if !slices.ContainsFunc(list, func(own apiResource) bool { return own.resource == r.resource && own.group == r.group }) {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b apiResource) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.resource, b.resource))
	})
	return list
}

// groupVersions are the API versions of a server in their order; autoscaling/v1 is the
// one older version that v1.37 still serves.
func groupVersions(server *api.Server) []string {
	list := []string{"autoscaling/v1"}
	for _, r := range resources(server) {
		if !slices.Contains(list, r.groupVersion()) {
			list = append(list, r.groupVersion())
		}
	}
	slices.Sort(list)
	return list
}

// rawKinds is the answer to /api/v1 and /apis/GROUP/VERSION.
func (s *session) rawKinds(gv string) error {
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gv}
	for _, r := range resources(s.server) {
		if r.groupVersion() == gv {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: r.resource, SingularName: strings.ToLower(r.kind), Namespaced: r.namespaced, Kind: r.kind, Verbs: r.verbs, ShortNames: r.short, Categories: r.categories,
			})
		}
	}
	if len(list.APIResources) == 0 {
		return noSuchResource()
	}
	s.p.Printf("%s\n", compact(list))
	return nil
}

// lackingKind says that a name is a real kind which the simulator does not have.
func lackingKind(name string) error {
	for _, r := range lackingKinds() {
		if name == r.resource || name == strings.ToLower(r.kind) || name == r.fullName() || slices.Contains(r.short, name) {
			return plainError(fmt.Sprintf("kubectl: %s are part of Kubernetes, but this simulator does not have them", r.resource))
		}
	}
	return nil
}

// apiVersions is kubectl api-versions.
func (f *factory) apiVersions() *cobra.Command {
	return &cobra.Command{Use: "api-versions", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return helpError(cmd.CommandPath(), fmt.Sprintf("unexpected arguments: %v", args))
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		for _, gv := range groupVersions(s.server) {
			f.p.Printf("%s\n", gv)
		}
		return nil
	}}
}
