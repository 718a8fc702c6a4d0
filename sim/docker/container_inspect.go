package docker

// ContainerInspect is what `docker inspect` shows of a container.
type ContainerInspect struct {
	ID    string `json:"Id"`
	Name  string
	Image string
}

// InspectContainer describes a container.
func (e *Engine) InspectContainer(ref string) (*ContainerInspect, error) {
	c, err := e.Container(ref)
	if err != nil {
		return nil, err
	}
	return &ContainerInspect{ID: c.ID, Name: "/" + c.Name, Image: c.ImageID}, nil
}
