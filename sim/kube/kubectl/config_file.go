package kubectl

import (
	"fmt"
	"path"
	"slices"
	"strings"

	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"
)

// configPaths are the kubeconfig files in the order in which they count: the one of
// --kubeconfig alone, or those of $KUBECONFIG, or ~/.kube/config (clientcmd's
// loading rules).
func (f *factory) configPaths() []string {
	if f.flags.kubeconfig != "" {
		return []string{f.flags.kubeconfig}
	}
	var list []string
	for _, file := range strings.Split(f.p.Env.Get("KUBECONFIG"), ":") {
		if file != "" && !slices.Contains(list, file) {
			list = append(list, file)
		}
	}
	if len(list) == 0 {
		list = []string{path.Join(f.p.User.Home, ".kube", "config")}
	}
	return list
}

// configFile is one kubeconfig file; exists is false for one that is to be made.
type configFile struct {
	path   string
	config clientcmd.Config
	exists bool
}

// readConfigs reads the kubeconfig files, the missing ones as empty.
func (f *factory) readConfigs() ([]configFile, error) {
	var list []configFile
	for _, file := range f.configPaths() {
		c := configFile{path: file, config: clientcmd.Config{APIVersion: "v1", Kind: "Config"}}
		if text, err := f.p.ReadFile(file); err == nil {
			c.exists = true
			if err := f.parseConfig(text, &c.config); err != nil {
				return nil, fmt.Errorf("error loading config file %q: %w", file, err)
			}
		}
		list = append(list, c)
	}
	return list, nil
}

// parseConfig understands a kubeconfig file; what it said once it says again, as every
// command reads the same one.
func (f *factory) parseConfig(text []byte, into *clientcmd.Config) error {
	memo, key := f.p.Machine.Site.Memo, "kubeconfig "+string(text)
	if known, found := memo.Get(key); found {
		known.(*clientcmd.Config).DeepCopyInto(into)
		return nil
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return err
	}
	memo.Keep(key, into.DeepCopy())
	return nil
}

// readConfig reads the kubeconfig files as one: what comes first wins. A file that is
// missing is an empty one, unless --kubeconfig asked for it.
func (f *factory) readConfig() (clientcmd.Config, error) {
	all := clientcmd.Config{APIVersion: "v1", Kind: "Config"}
	files, err := f.readConfigs()
	if err != nil {
		return all, err
	}
	for _, file := range files {
		if !file.exists && f.flags.kubeconfig != "" {
			return all, fmt.Errorf("stat %s: no such file or directory", file.path)
		}
		c := file.config
		if all.CurrentContext == "" {
			all.CurrentContext = c.CurrentContext
		}
		all.Clusters = joined(all.Clusters, c.Clusters, clusterName)
		all.Contexts = joined(all.Contexts, c.Contexts, contextName)
		all.AuthInfos = joined(all.AuthInfos, c.AuthInfos, userName)
	}
	return all, nil
}

func clusterName(n clientcmd.NamedCluster) string { return n.Name }
func contextName(n clientcmd.NamedContext) string { return n.Name }
func userName(n clientcmd.NamedAuthInfo) string   { return n.Name }

// joined adds entries of other names to a list, and sorts it.
func joined[T any](list, more []T, name func(T) string) []T {
	for _, n := range more {
		if namedAt(list, name(n), name) < 0 {
			list = append(list, n)
		}
	}
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(name(a), name(b)) })
	return list
}

// namedAt is where a list has a name, or -1.
func namedAt[T any](list []T, want string, name func(T) string) int {
	return slices.IndexFunc(list, func(n T) bool { return name(n) == want })
}

// changeConfig changes the kubeconfig file that has something, else the first that
// exists, else the last of the list, which is made.
func (f *factory) changeConfig(has func(*clientcmd.Config) bool, do func(*clientcmd.Config)) error {
	files, err := f.readConfigs()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(files, func(c configFile) bool { return has(&c.config) })
	if at < 0 {
		at = slices.IndexFunc(files, func(c configFile) bool { return c.exists })
	}
	if at < 0 {
		at = len(files) - 1
	}
	c := files[at].config
	do(&c)
	c.Clusters = joined(nil, c.Clusters, clusterName)
	c.Contexts = joined(nil, c.Contexts, contextName)
	c.AuthInfos = joined(nil, c.AuthInfos, userName)
	if dir := path.Dir(files[at].path); !files[at].exists && dir != "." {
		if err := f.p.FS.MkdirAll(f.p.Abs(dir), 0o755, f.p.User.UID, f.p.User.GID); err != nil {
			return fmt.Errorf("mkdir %s: %w", dir, err)
		}
	}
	if err := f.p.WriteFile(files[at].path, marshalConfig(c)); err != nil {
		return fmt.Errorf("open %s: %w", files[at].path, err)
	}
	return nil
}

// changedPath is the file that messages name.
func (f *factory) changedPath() string {
	list := f.configPaths()
	for _, file := range list {
		if _, err := f.p.ReadFile(file); err == nil {
			return file
		}
	}
	return list[len(list)-1]
}
