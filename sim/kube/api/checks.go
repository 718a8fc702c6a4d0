package api

func (s *Server) checks() {}
