in vec3 v_world;
in vec3 v_colour;

uniform sampler2D u_noise;
uniform vec3 u_eye;

out vec4 o_colour;

void main() {
	vec2 at = vec2(v_world.x + 0.6 * v_world.y, v_world.z - 0.5 * v_world.y);
	vec3 c = v_colour * (0.55 + 0.9 * texture(u_noise, at * 0.016).r);
	vec3 way = v_world - u_eye;
	float dist = length(way);
	o_colour = vec4(screen(through_air(c, way / dist, dist)), 1.0);
}
