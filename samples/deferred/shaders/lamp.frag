uniform vec4 u_lamp; // place, reach
uniform vec3 u_colour;
uniform vec3 u_ray; // of the lower left corner; what to add for a pixel's width and height
uniform vec3 u_right;
uniform vec3 u_up;
uniform vec3 u_eye;
uniform sampler2D u_albedo;
uniform sampler2D u_normal;
uniform sampler2D u_far;

out vec4 o_colour;

void main() {
	ivec2 at = ivec2(gl_FragCoord.xy);
	vec3 ray = u_ray + u_right * gl_FragCoord.x + u_up * gl_FragCoord.y;
	vec3 p = u_eye + ray * texelFetch(u_far, at, 0).r;
	vec3 n = texelFetch(u_normal, at, 0).xyz * 2.0 - 1.0;
	vec4 albedo = texelFetch(u_albedo, at, 0);
	vec3 to = u_lamp.xyz - p;
	float d2 = dot(to, to);
	float fade = max(1.0 - d2 / (u_lamp.w * u_lamp.w), 0.0);
	to *= inversesqrt(d2 + 1e-4);
	float facing = max(dot(n, to), 0.0);
	vec3 h = normalize(to - normalize(ray));
	float shine = max(dot(n, h), 0.0);
	shine *= shine; shine *= shine; shine *= shine; shine *= shine; shine *= shine;
	o_colour = vec4(u_colour * (albedo.rgb * albedo.rgb + albedo.a * shine * 1.4) * (facing * fade * fade * 2.0 / (0.3 + d2)), 0.0);
}
