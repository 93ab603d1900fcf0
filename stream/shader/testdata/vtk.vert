#version 150
#ifdef GL_ES
precision highp float;
#else
#define highp
#define mediump
#define lowp
#endif
#define attribute in
#define varying out

in vec4 vertexMC;
in vec3 normalMC;
out vec3 normalVCVSOutput;
out vec4 vertexVCVSOutput;
uniform mat4 MCDCMatrix;
uniform mat4 MCVCMatrix;
uniform mat3 normalMatrix;
uniform int coordShiftAndScaleEnabled;

void main()
{
  vertexVCVSOutput = MCVCMatrix * vertexMC;
  gl_Position = MCDCMatrix * vertexMC;
  normalVCVSOutput = normalMatrix * normalMC;
}
