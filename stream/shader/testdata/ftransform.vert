varying vec4 colour;
void main() {
	colour = gl_Color * gl_LightSource[0].diffuse;
	gl_TexCoord[0] = gl_TextureMatrix[0] * gl_MultiTexCoord0;
	gl_ClipVertex = gl_ModelViewMatrix * gl_Vertex;
	gl_Position = ftransform();
}
