#version 330 core
layout(location = 0) in vec2 a_corner; // -1 … 1

uniform mat4 u_view_proj;
uniform vec3 u_plane; // half side, height, squares of the texture in a metre

out vec3 v_world;
out vec2 v_uv;

void main() {
	v_world = vec3(a_corner.x * u_plane.x, u_plane.y, a_corner.y * u_plane.x);
	v_uv = v_world.xz * u_plane.z;
	gl_Position = u_view_proj * vec4(v_world, 1.0);
}
