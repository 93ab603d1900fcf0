layout(location = 0) in vec3 a_pos;

uniform mat4 u_view_proj;
uniform vec4 u_lamp; // place, reach

// The ball has corners: a bit larger, its faces are outside of the reach.
void main() {
	gl_Position = u_view_proj * vec4(a_pos * (u_lamp.w * 1.08) + u_lamp.xyz, 1.0);
}
