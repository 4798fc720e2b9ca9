"""The desk as a web application: pages made on the server, plain forms, a language and a theme for everybody."""
