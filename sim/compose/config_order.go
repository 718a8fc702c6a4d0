package compose

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// sortServices puts the keys of every service into the order in which Compose
// 5.5.0 prints them: nearly that of the alphabet.
func sortServices(text []byte) []byte {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return text
	}
	services := value(doc.Content[0], "services")
	if services == nil {
		return text
	}
	for i := 1; i < len(services.Content); i += 2 {
		sortKeys(services.Content[i])
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if encoder.Encode(&doc) != nil {
		return text
	}
	return out.Bytes()
}

// sortServicesJSON does the same for JSON.
func sortServicesJSON(text []byte) ([]byte, error) {
	var top map[string]json.RawMessage
	var services map[string]map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(top["services"], &services); err != nil {
		return nil, err
	}
	sorted, err := json.Marshal(services) // keys of maps are written in order
	if err != nil {
		return nil, err
	}
	top["services"] = sorted
	return json.MarshalIndent(top, "", "  ")
}

func value(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func sortKeys(mapping *yaml.Node) {
	if mapping.Kind != yaml.MappingNode {
		return
	}
	type pair struct{ key, value *yaml.Node }
	var pairs []pair
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		pairs = append(pairs, pair{mapping.Content[i], mapping.Content[i+1]})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(keyRank(a.key.Value), keyRank(b.key.Value)), cmp.Compare(a.key.Value, b.key.Value))
	})
	mapping.Content = mapping.Content[:0]
	for _, p := range pairs {
		mapping.Content = append(mapping.Content, p.key, p.value)
	}
}

// keyRank puts the few keys first that do not stand where the alphabet has them,
// and extensions last.
func keyRank(key string) int {
	if i := slices.Index([]string{"profiles", "annotations", "attach", "build", "develop"}, key); i >= 0 {
		return i
	}
	if strings.HasPrefix(key, "x-") {
		return 100
	}
	return 50
}
