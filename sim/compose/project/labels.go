package project

// Version is the release of Docker Compose that is simulated.
const Version = "5.5.0"

// Labels that Compose puts on what it creates, to find it again.
const (
	ProjectLabel         = "com.docker.compose.project"
	ServiceLabel         = "com.docker.compose.service"
	ConfigHashLabel      = "com.docker.compose.config-hash"
	NumberLabel          = "com.docker.compose.container-number"
	VolumeLabel          = "com.docker.compose.volume"
	NetworkLabel         = "com.docker.compose.network"
	WorkingDirLabel      = "com.docker.compose.project.working_dir"
	ConfigFilesLabel     = "com.docker.compose.project.config_files"
	EnvironmentFileLabel = "com.docker.compose.project.environment_file"
	OneoffLabel          = "com.docker.compose.oneoff"
	SlugLabel            = "com.docker.compose.slug"
	ImageLabel           = "com.docker.compose.image"
	DependenciesLabel    = "com.docker.compose.depends_on"
	VersionLabel         = "com.docker.compose.version"
	ReplaceLabel         = "com.docker.compose.replace"
)
